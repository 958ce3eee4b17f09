<?php
Artisan::call('cache:clear');

<?php
Artisan::call('migrate:fresh');

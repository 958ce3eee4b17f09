<?php
Schema::hasTable('flights');

<?php
Schema::create('flights', function ($table) {});

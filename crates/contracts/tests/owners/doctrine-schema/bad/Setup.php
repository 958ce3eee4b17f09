<?php
$tool = new SchemaTool($em);

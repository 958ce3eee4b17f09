php bin/console doctrine:schema:validate

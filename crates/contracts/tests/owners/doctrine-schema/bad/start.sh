php bin/console doctrine:schema:update --force

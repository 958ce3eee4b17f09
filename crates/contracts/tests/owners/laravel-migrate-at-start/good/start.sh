php artisan config:cache

python manage.py migrate --run-syncdb

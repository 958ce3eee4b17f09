# --run-syncdb no longer
exec gunicorn app

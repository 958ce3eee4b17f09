# Waits until there is a session whose name or query begins like this.
until psql -Atc "select 1 from pg_stat_activity where application_name like '$1%' or query like '$1%'" | grep -q 1; do
    sleep 0.1
done

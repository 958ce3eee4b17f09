#!/usr/bin/env bash
# The drill as a plain script: for every revision of a folder up, down, up, with a `pg_dump --schema-only`
# of each state. It is what `groundline drill` is measured against, and its oracle.
#
#   benches/drill-with-pg_dump.sh FOLDER
#
# In:  PGHOST, PGPORT, PGUSER of a server on which it may create databases; psql and pg_dump on PATH.
#      Folders: VERSION_name.up.sql/.down.sql (sqlx, golang-migrate) and VERSION_name/up.sql (diesel).
# Out: one line a revision on stdout, `version<TAB>verdict<TAB>state`; the errors of psql on stderr. The state is a
#      digest of the dump after the up, its lines sorted: equal states are equal schemas, but for orders.
# Verdicts: exact, order only, differs, down fails, again fails, no down, up fails.
# Exit: 0 when every revision could be drilled, whatever the verdicts; 1 after "up fails"; 2 without revisions.
set -euo pipefail
export LC_ALL=C PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning"

folder=${1:?usage: drill-with-pg_dump.sh FOLDER}
database=drill_$$         # where revisions go up and down
follower=${database}_ref  # only ever goes up, and only when a state has to be restored
work=$(mktemp -d)
history_table=()

admin() { psql -X -q -d postgres -v ON_ERROR_STOP=1 -c "$1"; }
clean_up() {
    admin "DROP DATABASE IF EXISTS $database" || true
    admin "DROP DATABASE IF EXISTS $follower" || true
    rm -rf "$work"
}
trap clean_up EXIT

# Prints `sort-key<TAB>version<TAB>up<TAB>down` of every revision, in no order. The key is the version as the
# folder's tool compares it: its digits, padded.
list_revisions() {
    local up version key
    for up in "$folder"/*.up.sql "$folder"/*/up.sql; do
        [ -e "$up" ] || continue
        case $up in
        */up.sql) version=$(basename "$(dirname "$up")") ;;
        *) version=$(basename "$up") ;;
        esac
        version=${version%%_*}
        key=${version//-/}
        printf '%020d\t%s\t%s\t%s\n' "$((10#$key))" "$version" "$up" "${up%up.sql}down.sql"
    done
}

# Whether a file may share one transaction.
wrapped() {
    ! grep -qiE '^-- *no-transaction|CONCURRENTLY' "$1" &&
        ! grep -qsE 'run_in_transaction *= *false' "$(dirname "$1")/metadata.toml"
}

# Runs a file: `run DATABASE FILE`. psql's messages go to stderr.
run() {
    local single=()
    if wrapped "$2"; then single=(-1); fi
    psql -X -q -d "$1" -v ON_ERROR_STOP=1 ${single[@]+"${single[@]}"} -f "$2" >/dev/null
}

# Whether a down has a statement: something besides comments and white space.
has_statement() { [ -f "$1" ] && sed 's/--.*//' "$1" | grep '[^[:space:]]' >/dev/null; }

# Writes the database's schema into a file, without what differs from run to run.
dump() {
    pg_dump --schema-only ${history_table[@]+"${history_table[@]}"} "$database" |
        sed -E '/^\\(un)?restrict /d; /^--( |$)/d; /^$/d' >"$work/$1"
}

# Prints how two dumps compare: exact, order only, differs.
compare() {
    if cmp -s "$work/$1" "$work/$2"; then
        echo exact
    elif cmp -s <(sed 's/,$//' "$work/$1" | sort) <(sed 's/,$//' "$work/$2" | sort); then
        echo 'order only'
    else
        echo differs
    fi
}

# Prints a digest of a dump that says nothing of orders.
state() { sed 's/,$//' "$work/$1" | sort | sha256sum | cut -c 1-64; }

# Makes the database anew as it is after the first $1 revisions.
restore() {
    while [ "$followed" -lt "$1" ]; do
        run "$follower" "${ups[followed]}" 2>/dev/null
        followed=$((followed + 1))
    done
    admin "DROP DATABASE $database"
    admin "CREATE DATABASE $database TEMPLATE $follower"
}

versions=() ups=() downs=() followed=0
while IFS=$'\t' read -r _ version up down; do
    versions+=("$version") ups+=("$up") downs+=("$down")
done < <(list_revisions | sort -n)
if [ ${#ups[@]} -eq 0 ]; then
    echo "no revisions in $folder" >&2
    exit 2
fi

admin "CREATE DATABASE $database TEMPLATE template0"
admin "CREATE DATABASE $follower TEMPLATE template0"
case ${ups[0]} in
*/up.sql) # some revisions of diesel's folders read its history table; some drop the one of an older tool
    history_table=(--exclude-table=__diesel_schema_migrations --exclude-table='schema_migrations*')
    for name in "$database" "$follower"; do
        psql -X -q -d "$name" -c 'CREATE TABLE __diesel_schema_migrations (
            version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)'
    done
    ;;
esac

dump before
for index in "${!ups[@]}"; do
    version=${versions[index]} up=${ups[index]} down=${downs[index]}
    if ! run "$database" "$up"; then
        printf '%s\tup fails\n' "$version"
        exit 1
    fi
    dump after
    if ! has_statement "$down"; then
        verdict='no down'
    elif ! run "$database" "$down"; then
        verdict='down fails'
        restore $((index + 1))
    else
        dump undone
        verdict=$(compare before undone)
        if ! run "$database" "$up"; then
            verdict='again fails'
            restore $((index + 1))
        else
            dump again
            second=$(compare after again)
            if [ "$second" != exact ]; then
                if [ "$verdict" != differs ]; then verdict=$second; fi
                restore $((index + 1))
            fi
        fi
    fi
    printf '%s\t%s\t%s\n' "$version" "$verdict" "$(state after)"
    mv "$work/after" "$work/before"
done

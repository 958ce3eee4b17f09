#!/usr/bin/env bash
# Reading a catalog: a command against `pg_dump --schema-only`, on a schema of 200 tables and 2,000 objects.
#
#   [RUNS=20] [READ_AGAIN=PROGRAM] benches/read-catalog.sh COMMAND…
#
# In:  PGHOST, PGPORT, PGUSER of a server on which it may create a database; psql and pg_dump on PATH.
#      The command is run with DATABASE_URL and PGDATABASE of that database; its stdout is thrown away.
#      READ_AGAIN is the example `read_again` of the crate groundline-pg, built.
# Out: the median wall time of each, process start included, and the command's share of pg_dump's; the same of
#      reading again inside the drill, where READ_AGAIN is given.
set -euo pipefail
shopt -s inherit_errexit

[ $# -gt 0 ] || { echo "usage: read-catalog.sh COMMAND…" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
database=read_catalog_$$
runs=${RUNS:-20}
trap 'psql -X -q -d postgres -c "DROP DATABASE IF EXISTS $database"' EXIT

psql -X -q -d postgres -c "CREATE DATABASE $database TEMPLATE template0"
psql -X -q -d "$database" -v ON_ERROR_STOP=1 -f "$here/two-thousand-objects.sql" -c 'VACUUM ANALYZE'
export PGDATABASE=$database
export DATABASE_URL="postgres://${PGUSER:-postgres}@/$database?host=${PGHOST//\//%2F}&port=${PGPORT:-5432}"

# Prints the wall time of a command in microseconds.
wall() {
    local start=${EPOCHREALTIME/[.,]/}
    "$@" >/dev/null
    echo $((${EPOCHREALTIME/[.,]/} - start))
}
median() { sort -n | sed -n "$(((runs + 1) / 2))p"; }

ours=() dumps=()
for _ in $(seq "$runs"); do # in turn, so that the machine's moods meet both
    one=$(wall "$@")
    other=$(wall pg_dump --schema-only)
    ours+=("$one") dumps+=("$other")
done
ours=$(printf '%s\n' "${ours[@]}" | median)
dumps=$(printf '%s\n' "${dumps[@]}" | median)
again=0
if [ -n "${READ_AGAIN:-}" ]; then again=$("$READ_AGAIN" "$runs"); fi
awk -v again="$again" -v ours="$ours" -v dumps="$dumps" -v runs="$runs" -v name="$(basename "$1")" 'BEGIN {
    printf "%-24s %8.1f ms\n%-24s %8.1f ms\n", name, ours / 1000, "pg_dump --schema-only", dumps / 1000
    printf "%-24s %8.2f  of pg_dump'"'"'s wall time, medians of %d runs\n", "share", ours / dumps, runs
    if (again > 0) {
        printf "%-24s %8.1f ms\n", "reading again", again / 1000
        printf "%-24s %8.2f  of pg_dump'"'"'s wall time\n", "share", again / dumps
    }
}'

# The verbs of this workspace; `just` alone lists them. Each is one command, so nobody needs just.

[private]
default:
    @just --list --unsorted

# Format every crate
fmt:
    cargo fmt --all

# What `.ci/run` checks before the tests
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- --deny warnings
    cargo xtask arch

# All tests, on any PostgreSQL that can be had
test:
    cargo test --workspace
    cargo test --package groundline-ready --all-features

# All tests on one major of PostgreSQL (or `all`), fetched if it is not installed
test-pg MAJOR:
    cargo xtask test-pg {{ MAJOR }}

# `groundline drill` against psql and pg_dump: `just bench [FOLDER] [--runs N] [--postgres MAJOR]`
bench *ARGUMENTS:
    cargo xtask bench {{ ARGUMENTS }}

# Fingerprints and verdicts against `pg_dump`'s: `just oracle [FOLDER] [--postgres MAJOR]`
oracle *ARGUMENTS:
    cargo xtask oracle {{ ARGUMENTS }}

# Reading a catalog against `pg_dump --schema-only`: `just bench-catalog [TABLES…] [--runs N] [--postgres MAJOR]`
bench-catalog *ARGUMENTS:
    cargo xtask bench-catalog {{ ARGUMENTS }}

# The statements between two schemas against reading both: `just bench-diff [TABLES…] [--runs N] [--postgres MAJOR]`
bench-diff *ARGUMENTS:
    cargo xtask bench-diff {{ ARGUMENTS }}

# An upgrade against psql: `just bench-upgrade [FOLDER] [--runs N] [--postgres MAJOR]`
bench-upgrade *ARGUMENTS:
    cargo xtask bench-upgrade {{ ARGUMENTS }}

# The lint against squawk, if it is on PATH: `just bench-lint FOLDER [--runs N]`
bench-lint *ARGUMENTS:
    cargo xtask bench-lint {{ ARGUMENTS }}

# `groundline trace` of 300 revisions against applying them: `just bench-trace [--runs N] [--postgres MAJOR]`
bench-trace *ARGUMENTS:
    cargo xtask bench-trace {{ ARGUMENTS }}

# Crates and files against ARCHITECTURE.md
arch:
    cargo xtask arch

# The main job on the example; its last line is the path of the report
report:
    cargo run --release -- check examples/orders-axum

# Upgrades that are killed and contended, many times over: `just soak [--kills N] [--rounds N]`
soak *ARGUMENTS:
    cargo xtask soak {{ ARGUMENTS }}

# The statements between schemas, for every edit of the suite, both ways: `just pairs [MAJOR]`
pairs MAJOR="15":
    GROUNDLINE_PAIRS=all GROUNDLINE_POSTGRES={{ MAJOR }} cargo test --package groundline-pg --test catalog -- pairs

# The statements between versions of a schema in a git history: `just sequence REPOSITORY PATH [APART] [--rows full|sparse]`
sequence *ARGUMENTS:
    cargo xtask sequence {{ ARGUMENTS }}

# The same pairs by Groundline and its peers: `just peers REPOSITORY PATH [APART] [--pairs N] [--postgres MAJOR]`
peers *ARGUMENTS:
    cargo xtask peers {{ ARGUMENTS }}

# Groundline and each team's own tool on one database, in turn
interop:
    cargo xtask interop

# Licences, advisories, banned crates and sources of what the program is built from; needs cargo-deny
deny:
    cargo deny check

# What the program is built from, as CycloneDX: `just sbom [FILE]`
sbom *FILE:
    cargo xtask sbom {{ FILE }}

# The packages that `cargo install groundline` would build, made and built offline
package:
    cargo xtask package

# The report and `serve` in headless Chromium, which must be there: `just pictures [--out DIR] [--chromium PROGRAM]`
pictures *ARGUMENTS:
    cargo xtask pictures {{ ARGUMENTS }}

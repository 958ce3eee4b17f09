//! The registry of checks: each is a query whose rows say, in words, what speaks against a run.
//! Out: running them (`mod`).

use super::Facts;
use super::Verdict::{self, Block, Warn};
use groundline_core::quote_literal;

/// One check.
pub(super) struct Check {
    pub name: &'static str,
    /// How it comes out where the query has rows.
    pub verdict: Verdict,
    pub next: &'static str,
    pub query: fn(&Facts) -> String,
}

/// All checks, in the order in which they are told.
pub(super) const CHECKS: [Check; 10] = [
    Check {
        name: "server version",
        verdict: Block,
        next: "upgrade the server: Groundline knows PostgreSQL 14 to 18",
        query: |_| {
            "SELECT 'PostgreSQL ' || current_setting('server_version') \
             WHERE current_setting('server_version_num')::int < 140000"
                .to_owned()
        },
    },
    Check {
        name: "writable",
        verdict: Block,
        next: "give the URL of the primary, or of a role that may write",
        query: |_| {
            "SELECT 'the server is a standby in recovery' WHERE pg_catalog.pg_is_in_recovery() \
             UNION ALL SELECT 'default_transaction_read_only is on' \
             WHERE current_setting('default_transaction_read_only') = 'on'"
                .to_owned()
        },
    },
    Check {
        name: "history table",
        verdict: Block,
        next: "let its owner grant SELECT, INSERT, UPDATE and DELETE on it",
        query: |facts| {
            let table = quote_literal(&facts.history_table);
            format!(
                "SELECT current_user || ' may not ' || p || ' on ' || {table} \
                 FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p \
                 WHERE pg_catalog.to_regclass({table}) IS NOT NULL \
                 AND NOT pg_catalog.has_table_privilege(pg_catalog.to_regclass({table})::oid, p)"
            )
        },
    },
    Check {
        name: "extensions",
        verdict: Block,
        next: "install the extension's package on the server",
        query: |facts| {
            let names: Vec<String> = facts.extensions.iter().map(|name| quote_literal(name)).collect();
            format!(
                "SELECT 'a script creates ' || name || ', which the server does not have' \
                 FROM unnest(ARRAY[{}]::text[]) name \
                 WHERE name NOT IN (SELECT a.name FROM pg_catalog.pg_available_extensions a)",
                names.join(", ")
            )
        },
    },
    Check {
        name: "schema",
        verdict: Warn,
        next: "grant CREATE on the schema, where a script makes something in it",
        query: |_| {
            "SELECT current_user || ' may not CREATE in schema ' || current_schema() \
             WHERE NOT pg_catalog.has_schema_privilege(current_schema(), 'CREATE')"
                .to_owned()
        },
    },
    Check {
        name: "open transactions",
        verdict: Warn,
        next: "wait for them, or end them: they hold locks, and what waits behind them stops others",
        query: |_| {
            "SELECT format('pid %s (%s, %s), %s, in its transaction for %s s', pid, usename, application_name, state, \
             extract(epoch FROM clock_timestamp() - xact_start)::int) FROM pg_catalog.pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend' \
             AND (clock_timestamp() - xact_start > '60 s' OR state LIKE 'idle in transaction%' \
             AND clock_timestamp() - state_change > '5 s') ORDER BY xact_start LIMIT 10".to_owned()
        },
    },
    Check {
        name: "prepared transactions",
        verdict: Warn,
        next: "COMMIT PREPARED or ROLLBACK PREPARED them: they hold locks until then",
        query: |_| {
            "SELECT format('%s of %s, prepared at %s', gid, owner, prepared) FROM pg_catalog.pg_prepared_xacts \
             WHERE database = current_database() ORDER BY prepared LIMIT 10".to_owned()
        },
    },
    Check {
        name: "replication",
        verdict: Warn,
        next: "wait until the standby has caught up: a large change makes it lag more",
        query: |_| {
            "SELECT format('%s is %s behind', application_name, replay_lag) FROM pg_catalog.pg_stat_replication \
             WHERE replay_lag > '30 s'".to_owned()
        },
    },
    Check {
        name: "wraparound",
        verdict: Warn,
        next: "wait for it: this autovacuum does not give way to a lock that is asked for",
        query: |_| {
            "SELECT format('pid %s: %s', pid, query) FROM pg_catalog.pg_stat_activity \
             WHERE datname = current_database() AND backend_type = 'autovacuum worker' \
             AND query LIKE '%(to prevent wraparound)%'"
                .to_owned()
        },
    },
    Check {
        name: "INVALID indexes",
        verdict: Warn,
        next: "drop them concurrently and build them again: each slows writes and serves no query",
        query: |_| {
            "SELECT indexrelid::regclass || ' on ' || indrelid::regclass FROM pg_catalog.pg_index x \
             WHERE NOT indisvalid AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = x.indexrelid \
             AND c.relkind = 'I') ORDER BY 1 LIMIT 10".to_owned()
        },
    },
];

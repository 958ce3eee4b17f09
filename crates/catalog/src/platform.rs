//! The registry of hosting platforms: what each makes in a database for itself, one entry a platform. The profile
//! `schema` leaves it out, so that production on a platform equals the same history on a shadow.
//! Out: leaving it out (`scope`). Called by scopes.
//!
//! In it is only what can't be a user's own: roles, schemas, extensions and event triggers by names that the platform
//! reserves.
//! Not in it, on purpose:
//! - Supabase's `anon`, `authenticated` and `service_role`: what is granted to them is the application's API, and a
//!   missing grant is the very thing that drift should show.
//! - Supabase's schemas `auth`, `storage`, `realtime`, `extensions`, `graphql`, `vault`: other people have schemas of
//!   these names. `exclude` in the configuration leaves them out, with a reason.
//! - `cloudsqliamuser`, `alloydbiamuser` and the like: they have no privilege until the team grants one.
//! - extensions that a team may well make itself (`supabase_vault`, `google_ml_integration`).
//! - administrators whose name is not the platform's alone (`postgres`, `neondb_owner`).

/// What one platform makes.
#[derive(Clone, Copy, Debug)]
pub struct Platform {
    /// Its name.
    pub name: &'static str,
    /// Its roles; `*` stands for any characters. Grants to them and default privileges of or to them are left out.
    pub roles: &'static [&'static str],
    /// Its schemas, which are left out with all that is in them.
    pub schemas: &'static [&'static str],
    /// Extensions that it puts into a database unasked.
    pub extensions: &'static [&'static str],
    /// Its event triggers.
    pub event_triggers: &'static [&'static str],
    /// Which page or source says so.
    pub source: &'static str,
}

/// All platforms.
pub const PLATFORMS: &[Platform] = &[
    Platform {
        name: "Amazon RDS and Aurora",
        roles: &["rds_*", "rdsadmin", "rdsrepladmin", "rdstopmgr", "rdsproxyadmin", "rdswriteforwarduser"],
        schemas: &[],
        extensions: &[],
        event_triggers: &[],
        source: "Amazon RDS User Guide, Understanding PostgreSQL roles and permissions",
    },
    Platform {
        name: "Google Cloud SQL",
        roles: &[
            "cloudsqladmin",
            "cloudsqlagent",
            "cloudsqlimportexport",
            "cloudsqlreplica",
            "cloudsqlsuperuser",
        ],
        schemas: &["google_vacuum_mgmt"],
        extensions: &["google_vacuum_mgmt"],
        event_triggers: &[],
        source: "Cloud SQL documentation, About PostgreSQL users and roles",
    },
    Platform {
        name: "Google AlloyDB",
        roles: &["alloydbadmin", "alloydbagent", "alloydbimportexport", "alloydbreplica", "alloydbsuperuser"],
        schemas: &["google_vacuum_mgmt"],
        extensions: &["google_vacuum_mgmt"],
        event_triggers: &[],
        source: "AlloyDB documentation, Manage AlloyDB user roles",
    },
    Platform {
        name: "Azure Database for PostgreSQL",
        roles: &["azure_pg_admin", "azuresu", "azure_superuser"],
        schemas: &[],
        extensions: &[],
        event_triggers: &[],
        source: "Azure Database for PostgreSQL documentation, Security: users and roles",
    },
    Platform {
        name: "Supabase",
        roles: &[
            "supabase_*",
            "cli_login_*",
            "dashboard_user",
            "pgsodium_keyholder",
            "pgsodium_keyiduser",
            "pgsodium_keymaker",
        ],
        schemas: &["supabase_functions", "supabase_migrations"],
        extensions: &[],
        event_triggers: &[
            "issue_graphql_placeholder",
            "issue_pg_cron_access",
            "issue_pg_graphql_access",
            "issue_pg_net_access",
            "pgrst_ddl_watch",
            "pgrst_drop_watch",
        ],
        source: "supabase/cli, pkg/migration/dump.go (reserved roles); supabase/postgres, migrations/db",
    },
    Platform {
        name: "Neon",
        roles: &["cloud_admin", "neon_superuser"],
        schemas: &[],
        extensions: &["neon"],
        event_triggers: &[],
        source: "Neon documentation, Manage roles; changelog of 2023-11-27",
    },
    Platform {
        name: "Heroku Postgres",
        roles: &[],
        schemas: &["heroku_ext"],
        extensions: &[],
        event_triggers: &[],
        source: "Heroku Dev Center, Heroku Postgres extensions (schema heroku_ext)",
    },
    Platform {
        name: "DigitalOcean Managed Databases",
        roles: &["doadmin", "doadmin_group", "_doadmin_*", "_dodb"],
        schemas: &[],
        extensions: &[],
        event_triggers: &[],
        source: "DigitalOcean documentation, Manage PostgreSQL users; `pg_dumpall --roles-only` of a cluster",
    },
    Platform {
        name: "Crunchy Bridge",
        roles: &["crunchy_superuser", "crunchy_replication"],
        schemas: &[],
        extensions: &[],
        event_triggers: &[],
        source: "Crunchy Bridge documentation, Users and roles",
    },
];

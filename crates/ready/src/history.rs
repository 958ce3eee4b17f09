//! How each migration tool's history table is asked for the applied versions.
//! Out: what the answer means (`expected`). A test of `groundline-pg` holds these against its registry of dialects, which
//! has the sources.

/// A layout's id, and the query for its applied versions as text.
pub const LAYOUTS: [(&str, &str); 11] = [
    ("sqlx", r#"SELECT version::text FROM "public"."_sqlx_migrations" WHERE success ORDER BY version"#),
    ("golang-migrate", r#"SELECT version::text FROM "public"."schema_migrations" WHERE NOT dirty"#),
    ("diesel", r#"SELECT version FROM "public"."__diesel_schema_migrations" ORDER BY version COLLATE "C""#),
    (
        "goose",
        r#"SELECT version_id::text FROM (SELECT DISTINCT ON (version_id) version_id, is_applied, id FROM "public"."goose_db_version" WHERE version_id <> 0 ORDER BY version_id, id DESC) newest WHERE is_applied ORDER BY id"#,
    ),
    ("dbmate", r#"SELECT version FROM "public"."schema_migrations" ORDER BY version COLLATE "C""#),
    ("sql-migrate", r#"SELECT "id" FROM "public"."gorp_migrations" ORDER BY "applied_at", "id" COLLATE "C""#),
    ("refinery", r#"SELECT version::text FROM "public"."refinery_schema_history" ORDER BY version"#),
    (
        "flyway",
        r#"SELECT "version" FROM (SELECT DISTINCT ON ("version") "version", "type", "success", "installed_rank" FROM "public"."flyway_schema_history" WHERE "version" IS NOT NULL ORDER BY "version", "installed_rank" DESC) newest WHERE "success" AND "type" <> 'DELETE' AND "type" NOT LIKE 'UNDO%' ORDER BY "installed_rank""#,
    ),
    (
        "prisma",
        r#"SELECT migration_name FROM "public"."_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY started_at, migration_name COLLATE "C""#,
    ),
    ("alembic", r#"SELECT version_num FROM "public"."alembic_version" ORDER BY version_num COLLATE "C""#),
    (
        "groundline",
        r#"SELECT version FROM "groundline"."revision" ORDER BY applied_at, length(version), version COLLATE "C""#,
    ),
];

/// The query for the applied versions of a layout's history table.
pub fn query(layout: &str) -> Option<&'static str> {
    LAYOUTS.iter().find(|(id, _)| *id == layout).map(|(_, query)| *query)
}

/// Whether the table names only the newest applied version, which stands for itself and all before it.
pub(crate) fn keeps_newest_only(layout: &str) -> bool {
    matches!(layout, "golang-migrate" | "alembic")
}

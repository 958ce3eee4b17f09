//! A history of three revisions in each layout: every one makes a table of its number.

/// A layout's id, and how revision `n` is written in it: files and texts.
pub const LAYOUTS: [(&str, Write); 10] = [
    ("sqlx", |n| pair(&format!("{n}_t{n}"), n)),
    ("golang-migrate", |n| pair(&format!("00{n}_t{n}"), n)),
    ("groundline", |n| pair(&format!("000{n}_t{n}"), n)),
    ("diesel", |n| {
        let folder = format!("2024-01-0{n}-000000_t{n}");
        vec![(format!("{folder}/up.sql"), up(n)), (format!("{folder}/down.sql"), down(n))]
    }),
    ("goose", |n| one(&format!("0000{n}_t{n}"), "-- +goose Up", "-- +goose Down", n)),
    ("dbmate", |n| one(&format!("2024010{n}000000_t{n}"), "-- migrate:up", "-- migrate:down", n)),
    ("sql-migrate", |n| one(&format!("2024010{n}000000-t{n}"), "-- +migrate Up", "-- +migrate Down", n)),
    ("refinery", |n| vec![(format!("V{n}__t{n}.sql"), up(n))]),
    ("flyway", |n| vec![(format!("V1_{n}__t{n}.sql"), up(n))]),
    ("prisma", |n| vec![(format!("2024010{n}000000_t{n}/migration.sql"), up(n))]),
];

/// How a revision is written.
pub type Write = fn(usize) -> Vec<(String, String)>;

/// A project with the first revisions of a layout.
pub fn project_of(layout: &str, write: Write, revisions: usize) -> tempfile::TempDir {
    let config = format!("[migrations]\nfolder = \"migrations\"\nlayout = \"{layout}\"\n");
    let mut files = vec![("groundline.toml".to_owned(), config)];
    if layout == "prisma" {
        let lock = "provider = \"postgresql\"\n".to_owned();
        files.push(("migrations/migration_lock.toml".to_owned(), lock));
    }
    let all = (1..=revisions).flat_map(write);
    files.extend(all.map(|(path, text)| (format!("migrations/{path}"), text)));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    super::project(&files)
}

fn up(n: usize) -> String {
    format!("CREATE TABLE t{n} (id integer);\n")
}

fn down(n: usize) -> String {
    format!("DROP TABLE t{n};\n")
}

fn pair(stem: &str, n: usize) -> Vec<(String, String)> {
    vec![(format!("{stem}.up.sql"), up(n)), (format!("{stem}.down.sql"), down(n))]
}

fn one(stem: &str, up_mark: &str, down_mark: &str, n: usize) -> Vec<(String, String)> {
    vec![(format!("{stem}.sql"), format!("{up_mark}\n{}\n{down_mark}\n{}", up(n), down(n)))]
}

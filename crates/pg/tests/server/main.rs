//! Shadow servers, started for real: their life, where they come from, and a server of the user's own.
//! Out: what needs a second process (`crates/cli/tests/program`): being killed, being two at once.
//!
//! The server is that of `GROUNDLINE_POSTGRES`, from `GROUNDLINE_CACHE`, or any that can be had.

mod life;
mod resolve;
mod url;

use groundline_core::Major;
use groundline_pg::server::{Announce, Database, Server, Source, Wanted, default_cache};
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Keeps what is announced.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Announce for Heard {
    fn say(&self, line: &str) {
        self.0.lock().expect("nobody panicked").push(line.to_owned());
    }
}

impl Heard {
    fn text(&self) -> String {
        self.0.lock().expect("nobody panicked").join("\n")
    }
}

/// What these tests are to run on.
fn wanted() -> Wanted {
    let cache = std::env::var_os("GROUNDLINE_CACHE").map_or_else(default_cache, PathBuf::from);
    let major = std::env::var("GROUNDLINE_POSTGRES").ok();
    let major = major.map(|text| text.parse::<Major>().expect("GROUNDLINE_POSTGRES is a major"));
    Wanted { major, ..Wanted::new(cache) }
}

async fn start(wanted: &Wanted) -> Server {
    Server::start(wanted, &Heard::default()).await.unwrap_or_else(|fault| panic!("{fault:?}"))
}

/// A temporary folder that every account can enter: as root, the server runs as another one.
fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
    folder
}

/// Makes a cache that holds the build of this server and nothing else, if it was fetched; an installed one is
/// found without.
fn cache_of(server: &Server, cache: &Path) {
    if let Source::Fetched { path, .. } = &server.origin().source {
        let in_builds = |folder: &&Path| folder.parent().is_some_and(|parent| parent.ends_with("postgres"));
        let build = path.ancestors().find(in_builds).expect("a fetched build is in its cache");
        let builds = cache.join("postgres");
        std::fs::create_dir_all(&builds).expect("a folder of the cache");
        symlink(build, builds.join(build.file_name().expect("a name"))).expect("a link to the build");
    }
}

/// The folder of a server's run, from the address of one of its databases.
fn run_folder(database: &Database) -> PathBuf {
    Path::new(&database.url_parts().host).parent().expect("a run folder").to_owned()
}

/// One value of one row.
async fn value(database: &Database, query: &str) -> String {
    let client = database.connect().await.unwrap_or_else(|fault| panic!("{fault:?}"));
    let row = client.query_one(query, &[]).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let value = row.get(0);
    client.close().await;
    value
}

/// The names of a server's databases, templates aside.
async fn databases(on: &Database) -> Vec<String> {
    let names = "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE NOT datistemplate";
    value(on, names).await.split(',').map(str::to_owned).collect()
}

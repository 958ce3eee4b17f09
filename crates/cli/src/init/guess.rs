//! A first configuration, from what is in a project's files. What can't be known stands in it as a comment.
//! Out: writing it (`mod`).

use crate::doctor;
use crate::settings::Project;
use groundline_contracts::owners::{Policy, Ruled, When};
use groundline_core::Result;
use groundline_migrate::history::History;
use std::path::Path;

/// How applications of a kind are started, by a file that they have.
const STARTS: &[(&str, &str)] = &[
    ("main.py", "python -m uvicorn main:app --port {port}"),
    ("app/main.py", "python -m uvicorn app.main:app --port {port}"),
    ("manage.py", "python manage.py runserver {port}"),
    ("Cargo.toml", "cargo run --quiet --release"),
    ("package.json", "npm start"),
    ("go.mod", "go run ."),
];

/// The text of a first groundline.toml.
pub fn configuration(project: &Project, history: Option<&History>) -> Result<String> {
    let layout = history.map(|history| history.layout);
    let folder = history.map(|history| history.folder.as_path());
    let examined = doctor::examine(project, layout, folder, false)?;
    let changes = examined
        .owners
        .iter()
        .any(|judged| judged.ruled != Ruled::Test && judged.owner.when != When::Migrations);
    let policy = if changes { Policy::CreateAllTolerated } else { Policy::MigrationOnly };
    let why = match changes {
        true => {
            "Code changes the schema when the application starts: groundline doctor says where. \"migration-only\" is the aim."
        }
        false => "No code outside migrations changes the schema.",
    };
    let migrations = match history {
        Some(history) => {
            let below = history.folder.strip_prefix(&project.folder).unwrap_or(&history.folder);
            format!("folder = \"{}\"\nlayout = \"{}\"\n", below.display(), history.layout)
        }
        None => "# folder = \"migrations\"\n# layout = \"sqlx\"\n".to_owned(),
    };
    Ok(format!(
        "# What Groundline needs to know of this project. Written by `groundline init`; yours from now on.\n\n\
         [project]\nname = \"{}\"\n\n\
         [scope]\n# For people, and for the gate: what this is about, and what not.\n# in = [\"the schema of …\"]\n# out = [\"…\"]\n\n\
         [migrations]\n{migrations}\n\
         [postgres]\n# Production's major.\n# major = 16\n\n\
         [startup]\n# {why}\npolicy = \"{}\"\n\n\
         {}\
         [snapshot]\n# A dump of an existing database: recognised, stamped, migrated to head, every row proven to be there still.\n# file = \"production.sql\"\n\n\
         [production]\n# The databases for which windows, owners and backups hold.\n# at = [\"db.internal/*\"]\n\n\
         [windows]\n# zone = \"Europe/Berlin\"\n# allow = [{{ days = [\"mon\", \"tue\", \"wed\", \"thu\"], from = \"20:00\", to = \"23:00\" }}]\n\n\
         [owners]\n# operators = [\"…\"]\n# approvers = [{{ name = \"…\", key = \"ssh-ed25519 …\" }}]\n\n\
         [backup]\n# before_upgrade = \"make\"\n",
        project.name(),
        policy.word(),
        app(&project.folder)
    ))
}

fn app(folder: &Path) -> String {
    let start = STARTS.iter().find(|(file, _)| folder.join(file).is_file()).map(|(_, start)| *start);
    let lines = "# How the application is started, and what must answer. {url} is a migrated shadow, {port} a free port.";
    let start = start.unwrap_or("…");
    format!(
        "{lines}\n# [app]\n# start = \"{start}\"\n# health = \"/health\"\n# reads = [\"/…\"]\n#\n# [app.env]\n# DATABASE_URL = \"{{url}}\"\n# PORT = \"{{port}}\"\n\n"
    )
}

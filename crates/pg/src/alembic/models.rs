//! What SQLAlchemy makes of a project's models: the statements of `MetaData.create_all`, asked of SQLAlchemy itself.
//! Out: running them (`yields`). Called by whoever names models as a schema.

use super::{Settings, interpreter};
use groundline_core::{Fault, Place, Result};
use std::path::Path;
use std::process::Stdio;

const PROGRAM: &str = include_str!("models.py");

/// The statements that make `MODULE:NAME`: a declarative base, or a `MetaData`; `Base` without a name. The project's
/// modules are imported, in its folder; nothing connects.
///
/// # Errors
/// No interpreter has SQLAlchemy and Alembic; the module or the name is not there, or can't be imported.
pub async fn statements(project: &Path, settings: &Settings, models: &str) -> Result<String> {
    let project = project
        .canonicalize()
        .map_err(|error| Fault::io("look for the project's folder", project, &error))?;
    let interpreter = interpreter::find(&project, &project, settings).await.map_err(|tried| {
        Fault::new("no Python with SQLAlchemy and Alembic found")
            .at(Place::file(&project))
            .why(format!("tried\n  {}", tried.join("\n  ")))
            .next(interpreter::install(&project))
    })?;
    let mut command = interpreter.command();
    command.args(["-c", PROGRAM, models]).current_dir(&project).stdin(Stdio::null());
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command
        .output()
        .await
        .map_err(|error| Fault::new("the project's Python could not be started").why(error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        return Err(Fault::new(format!("SQLAlchemy could not be asked for {models}"))
            .at(Place::file(&project))
            .why(last)
            .next("name a module of the project and what is in it: models:app.models:Base"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

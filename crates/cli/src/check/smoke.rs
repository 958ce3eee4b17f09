//! The phase over the application: it starts on a migrated database, answers, and leaves the schema alone.
//! Out: the process and its answers (`app`).
//! Called by `check`.

use super::failed;
use super::run::Run;
use crate::app::{self, Answer, App, Launch, NotHealthy};
use crate::settings::{AppConfig, Project};
use groundline_catalog::{Snapshot, diff};
use groundline_core::{Fault, Result};
use groundline_evidence::{AppSmoke, Log, LogFile, Probe, Step, StepId, count, duration};
use groundline_pg::introspect::{self, Excluded};
use groundline_pg::server::Database;
use groundline_pg::stage::{Play, Stage};
use std::collections::BTreeMap;

/// The steps of this phase.
pub const STEPS: &[StepId] =
    &[StepId::AppStarts, StepId::AppHealthy, StepId::AppReads, StepId::AppKeepsSchema];

const LOG: &str = "app.log";

/// Starts the application on `onboarded` (the existing database's rows), or else on a new database at head.
pub async fn smoke(
    run: &mut Run,
    project: &Project,
    play: &Play<'_>,
    config: &AppConfig,
    head: &Snapshot,
    onboarded: Option<Database>,
) -> Result<()> {
    match onboarded {
        Some(database) => {
            on(run, project, config, head, &database, "the migrated snapshot").await?;
            play.server.drop_database(database).await
        }
        None => {
            let stage = Stage::open(play, "app").await?;
            let played = stage.upgrade(&play.history.revisions, &|_| ()).await;
            played.map_err(|(_, fault)| fault)?;
            on(run, project, config, head, &stage.database, "an empty database at head").await?;
            stage.close().await
        }
    }
}

async fn on(
    run: &mut Run,
    project: &Project,
    config: &AppConfig,
    head: &Snapshot,
    database: &Database,
    on_what: &str,
) -> Result<()> {
    let launch = Launch {
        config,
        directory: project.folder.join(&config.directory),
        values: values(database)?,
        log: run.scratch(LOG),
    };
    let mut smoke = AppSmoke {
        command: config.start.clone(),
        environment: config.env.keys().cloned().collect(),
        ..AppSmoke::default()
    };
    if let Some((app, health)) = started(run, &launch, on_what).await {
        smoke.health = Some(probe(&health));
        smoke.reads = reads(run, config, &app).await;
        keeps_schema(run, project, database, head).await?;
        smoke.exit = Some(match app.stop().await? {
            true => "stopped when it was asked to".to_owned(),
            false => "killed: it did not stop when it was asked to".to_owned(),
        });
    }
    let log = std::fs::read_to_string(&launch.log).unwrap_or_default();
    smoke.log = Some(Log::of(LOG, &log));
    run.keep_log(LogFile { name: LOG.to_owned(), text: log });
    run.evidence.app = Some(smoke);
    Ok(())
}

/// Builds the application, starts it, and waits for it. The time to health counts from the process's start.
async fn started(run: &mut Run, launch: &Launch<'_>, on_what: &str) -> Option<(App, Answer)> {
    let building = run.clock();
    let process = launch.build().await;
    let built = building.milliseconds();
    let process = process.and_then(|()| launch.start());
    let starting = building.milliseconds();
    let mut app = match process {
        Ok(app) => app,
        Err(fault) => {
            run.record(failed(StepId::AppStarts, fault.what.clone(), fault), building);
            run.not_run(&STEPS[1..], "the application did not start");
            return None;
        }
    };
    let clock = run.clock();
    let health = launch.healthy(&mut app).await;
    let build = launch.config.build.as_ref();
    let build = build.map(|_| format!(", built in {}", duration(built))).unwrap_or_default();
    let starts = Step::passed(StepId::AppStarts, format!("`{}` on {on_what}{build}", launch.config.start));
    match health {
        Ok(health) => {
            let path = &launch.config.health;
            let line = format!("{path} answered {} in {}", health.status, duration(health.milliseconds));
            run.record_for(starts, building, starting);
            run.record(Step::passed(StepId::AppHealthy, line), clock);
            Some((app, health))
        }
        Err(NotHealthy::Late(fault)) => {
            run.record_for(starts, building, starting);
            run.record(failed(StepId::AppHealthy, fault.what.clone(), fault), clock);
            run.not_run(&STEPS[2..], "the application did not become healthy");
            None
        }
        Err(NotHealthy::Ended(fault)) => {
            run.record(failed(StepId::AppStarts, fault.what.clone(), fault), building);
            run.not_run(&STEPS[1..], "the application did not become healthy");
            None
        }
    }
}

/// What stands for `{name}` in the configuration.
fn values(database: &Database) -> Result<BTreeMap<&'static str, String>> {
    let mut values = database.placeholders();
    values.insert("port", app::free_port()?.to_string());
    Ok(values)
}

async fn reads(run: &mut Run, config: &AppConfig, app: &App) -> Vec<Probe> {
    if config.reads.is_empty() {
        run.not_run(&[StepId::AppReads], "no read endpoints are configured: reads in [app]");
        return Vec::new();
    }
    let clock = run.clock();
    let (mut probes, mut faults) = (Vec::new(), Vec::new());
    for path in &config.reads {
        match app.get(path).await {
            Ok(answer) => {
                if !answer.is_success() {
                    let fault =
                        Fault::new(format!("GET {path} answered {}", answer.status)).why(&answer.body.start);
                    faults.push(fault.next("see the application's log in the report"));
                }
                probes.push(probe(&answer));
            }
            Err(fault) => {
                let error = fault.why.clone();
                probes.push(Probe { url: path.clone(), error, ..Probe::default() });
                faults.push(fault);
            }
        }
    }
    let answered = probes.iter().filter(|probe| probe.answered()).count();
    let summary = format!("{answered} of {} answered", count(probes.len(), "endpoint"));
    let step = match faults.is_empty() {
        true => Step::passed(StepId::AppReads, summary),
        false => Step::failed(StepId::AppReads, summary, faults),
    };
    run.record(step, clock);
    probes
}

async fn keeps_schema(run: &mut Run, project: &Project, database: &Database, head: &Snapshot) -> Result<()> {
    let clock = run.clock();
    let excluded = Excluded::outside(project.config.catalog.clone());
    let client = database.connect().await?;
    let differences = diff(head, &introspect::read(&client, &excluded).await?);
    let step = match differences.len() {
        0 => Step::passed(StepId::AppKeepsSchema, "the schema is that of head while the application runs"),
        number => failed(
            StepId::AppKeepsSchema,
            format!("{} from head after the start", count(number, "difference")),
            Fault::new("the application changes the schema when it starts")
                .why(differences.iter().map(|one| one.object.to_string()).collect::<Vec<_>>().join(", "))
                .next(
                    "leave schema changes to revisions; look for create_all, sync or AutoMigrate at start-up",
                ),
        ),
    };
    run.record(step, clock);
    Ok(())
}

fn probe(answer: &Answer) -> Probe {
    Probe {
        url: answer.url.clone(),
        status: Some(answer.status),
        milliseconds: answer.milliseconds,
        body: Some(answer.body.clone()),
        error: None,
    }
}

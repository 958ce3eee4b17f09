//! The command `doctor`: who changes the schema, and whether the application and the migrations mean one database.
//! Out: finding both in files (`contracts`), proving on a server (`pg::meeting`, `pg::roles`), drawing (`text`).
//! Called by `main`; `check` takes `examine` alone.

pub mod args;
mod text;

use crate::settings::Project;
use crate::{Exit, console, drill};
use args::DoctorArgs;
use groundline_contracts::environment::{self, Address, Layer, Rule, Side, Told, Used};
use groundline_contracts::owners::{self, Owner, Ruled};
use groundline_contracts::{SourceFile, source_files};
use groundline_core::{Fault, Result};
use groundline_evidence::json_text;
use groundline_pg::client;
use groundline_pg::meeting::{self, Meeting};
use groundline_pg::roles;
use groundline_pg::server::Database;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Serialize)]
pub struct Report {
    /// 1 at the time of writing.
    doctor_version: u32,
    project: String,
    policy: &'static str,
    is_policy_decided: bool,
    owners: Vec<Judged>,
    environment: Environment,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting: Option<Meeting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<roles::Owner>>,
    /// What could not be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unseen: Vec<Fault>,
}

/// A place in code that changes a schema, and what becomes of it.
#[derive(Serialize)]
pub struct Judged {
    #[serde(flatten)]
    pub owner: Owner,
    #[serde(flatten)]
    pub ruled: Ruled,
    pub fault: Fault,
}

/// Both sides of the contract.
#[derive(Serialize)]
pub struct Environment {
    app: OneSide,
    migrations: OneSide,
    findings: Vec<Finding>,
    /// With passwords: to connect with.
    #[serde(skip)]
    urls: [Option<String>; 2],
}

#[derive(Serialize)]
struct OneSide {
    #[serde(flatten)]
    side: Side,
    used: Vec<Used>,
    address: Option<Address>,
}

#[derive(Serialize)]
struct Finding {
    rule: Rule,
    breaks: bool,
    fault: Fault,
}

/// What the files of a project say.
pub struct Examined {
    pub owners: Vec<Judged>,
    pub environment: Environment,
}

impl Examined {
    /// What breaks the startup policy.
    pub fn refused(&self) -> impl Iterator<Item = &Judged> {
        self.owners.iter().filter(|judged| judged.ruled == Ruled::Refused)
    }

    /// What breaks the contract, or what is only told. That no file has a value is neither: the process may have it.
    pub fn findings(&self, breaks: bool) -> Vec<Fault> {
        let counts = |finding: &&Finding| finding.rule != Rule::Missing && finding.breaks == breaks;
        self.environment.findings.iter().filter(counts).map(|finding| finding.fault.clone()).collect()
    }

    /// How both sides are known to mean one database.
    pub fn together(&self) -> Option<String> {
        let Environment { app, migrations, .. } = &self.environment;
        match (&app.address, &migrations.address, &app.side.template) {
            (Some(Address { host, port, database, .. }), Some(_), _) => {
                Some(format!("both are led to {database} on {host}:{port}"))
            }
            (_, _, Some(template)) if app.side.template == migrations.side.template => {
                Some(format!("both read {}", groundline_core::scrub(template)))
            }
            _ => None,
        }
    }

    /// Why that is not known.
    pub fn unknown(&self) -> &'static str {
        match self.environment.findings.iter().any(|finding| finding.rule == Rule::Undeclared) {
            true => "nothing says which variables both read: [environment] in groundline.toml",
            false => "the values are not in files: `groundline doctor`, where they are set",
        }
    }
}

/// Looks at the files of a project. `layout` and `migrations` are those of its history, where there is one.
pub fn examine(
    project: &Project,
    layout: Option<&str>,
    migrations: Option<&Path>,
    with_process: bool,
) -> Result<Examined> {
    let files = source_files(&project.folder)?;
    let below = migrations.map(|folder| below(&project.folder, folder));
    let startup = &project.config.startup;
    let judged = |owner: Owner| {
        let fault = startup.fault(&owner, &project.folder);
        Judged { ruled: startup.rule(&owner), fault, owner }
    };
    let owners = owners::find(&files, below.as_deref()).into_iter().map(judged).collect();
    let environment = environment_of(project, &files, (layout, below.as_deref()), with_process)?;
    Ok(Examined { owners, environment })
}

fn environment_of(
    project: &Project,
    files: &[SourceFile],
    history: (Option<&str>, Option<&Path>),
    with_process: bool,
) -> Result<Environment> {
    let settings = &project.config.environment;
    let process = with_process
        .then(|| Layer { name: "the environment".to_owned(), values: std::env::vars().collect() });
    let sides = environment::sides(settings, (&project.folder, files), history, process)?;
    let compared = environment::compare(settings, &sides, &project.folder, &address);
    let [app_used, migrations_used] = compared.used;
    let [app_address, migrations_address] = compared.addresses;
    let finding = |Told { rule, breaks, fault }: Told| Finding { rule, breaks, fault };
    Ok(Environment {
        app: OneSide { side: sides.app, used: app_used, address: app_address },
        migrations: OneSide { side: sides.migrations, used: migrations_used, address: migrations_address },
        findings: compared.told.into_iter().map(finding).collect(),
        urls: compared.urls,
    })
}

/// An address, as the driver reads it.
fn address(url: &str) -> Result<Address> {
    // JDBC and SQLAlchemy put something before or into the scheme.
    let parts = Database::at(url.trim_start_matches("jdbc:"))?.url_parts();
    let says_role = url.contains('@') || url.contains("user=");
    let user = says_role.then_some(parts.user);
    Ok(Address { host: parts.host, port: parts.port, database: parts.database, user })
}

/// A folder below the project's.
fn below(project: &Path, folder: &Path) -> PathBuf {
    let absolute = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (project, folder) = (absolute(project), absolute(folder));
    folder.strip_prefix(&project).map_or(folder.clone(), Path::to_owned)
}

/// Runs `doctor`.
pub async fn run(args: DoctorArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    // A project without migrations has owners all the same.
    let history = drill::history(&project).ok();
    let examined = examine(
        &project,
        history.as_ref().map(|history| history.layout),
        history.as_ref().map(|history| history.folder.as_path()),
        !args.no_environment,
    )?;
    let startup = &project.config.startup;
    let mut report = Report {
        doctor_version: 1,
        project: project.name(),
        policy: startup.policy.unwrap_or_default().word(),
        is_policy_decided: startup.policy.is_some(),
        owners: examined.owners,
        environment: examined.environment,
        meeting: None,
        roles: None,
        unseen: Vec::new(),
    };
    if !args.no_connect {
        connect(&mut report, args.url.as_deref()).await;
    }
    console::data(&match args.format {
        Format::Json => json_text(&report)?,
        Format::Text => text::draw(&report, &project),
    });
    Ok(if report.is_sound() { Exit::Done } else { Exit::Findings })
}

use crate::args::Format;

/// Asks the databases. What can't be reached is told, not fatal.
async fn connect(report: &mut Report, url: Option<&str>) {
    if let [Some(app), Some(migrations)] = &report.environment.urls {
        match meeting::meet(app, migrations).await {
            Ok(met) => {
                if !met.is_same_database {
                    let [first, second] = &met.sessions;
                    let why = format!(
                        "the application is in {}, the migrations are in {}",
                        words(first),
                        words(second)
                    );
                    report.environment.findings.push(Finding {
                        rule: Rule::OtherDatabase,
                        breaks: true,
                        fault: Fault::new(
                            "a lock taken by the application's session is not seen by the migrations'",
                        )
                        .why(why)
                        .next("let both read the same variables"),
                    });
                }
                report.meeting = Some(met);
            }
            Err(fault) => report.unseen.push(fault),
        }
    }
    let first = report.environment.urls.iter().flatten().next().cloned();
    let Some(url) = url.map(str::to_owned).or(first.filter(|_| report.meeting.is_some())) else { return };
    let asked = async { roles::owners(&client::connect(&url).await?).await };
    match asked.await {
        Ok(found) => report.roles = Some(found),
        Err(fault) => report.unseen.push(fault),
    }
}

fn words(place: &meeting::Whereabouts) -> String {
    let system = place.system.as_ref().map(|system| format!(" of system {system}")).unwrap_or_default();
    format!("{} (oid {}{system})", place.database, place.oid)
}

impl Report {
    fn is_sound(&self) -> bool {
        self.owners.iter().all(|judged| judged.ruled != Ruled::Refused)
            && self.environment.findings.iter().all(|finding| !finding.breaks)
            && self.unseen.is_empty()
    }
}

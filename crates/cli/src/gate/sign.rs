//! The command `sign`, and the signatures of a project: a person's SSH key over a statement that names the evidence and what
//! it was measured on.
//! Out: the checklist (`gate`), signing itself (`signing`).

use super::args::SignArgs;
use super::seen::Now;
use super::{folder, state};
use crate::args::ProjectArgs;
use crate::check::git;
use crate::settings::Project;
use crate::{Exit, console, drill, signing, upgrade};
use groundline_core::{Fault, Place, Result};
use groundline_evidence::{json_text, newest_run};
use groundline_gate::{DONE, EMERGENCY, Proof, Signature, Signed, Statement, Verdict, all_items};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The first line of what is signed.
const TITLE: &str = "groundline sign-off 1";

/// Where signatures lie, below a project's folder: committed with it.
pub const FOLDER: &str = "docs/migrations/sign-off";

/// A signature as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    pub statement: Statement,
    pub signature: Signature,
}

/// Runs `sign`.
pub async fn run(args: SignArgs) -> Result<Exit> {
    let project = Project::open(&ProjectArgs::of_folder(&args.project))?;
    let name = args.signer.clone().unwrap_or_else(upgrade::operator);
    let approver = project.config.owners.approver(&name).ok_or_else(|| {
        Fault::new(format!("{name} is none of the owners who sign"))
            .next("[owners] approvers in groundline.toml has names and public keys; --as NAME says who signs")
    })?;
    let evidence = folder(&project, args.evidence.as_deref());
    for item in &args.items {
        let text = signable(&project, item)?;
        if item == DONE
            && let Some(open) =
                state(&project, &evidence)?.items.iter().find(|one| one.id != DONE && !one.verdict.is_done())
        {
            console::fault(
                &Fault::new("there is nothing to sign off yet")
                    .why(format!("{}: {} ({})", open.id, open.verdict.word(), open.line))
                    .next("groundline gate shows all that is open; what need not be is waived there, with a reason"),
            );
            return Ok(Exit::Findings);
        }
        let statement = statement(&project, &evidence, (item, &text), &name, args.note.as_deref())?;
        let signature = signing::sign_as(approver, args.key.as_deref(), &statement)?;
        let file = project.folder.join(FOLDER).join(format!("{item}.{name}.json"));
        let io = |error: std::io::Error| Fault::io("write the signature", &file, &error);
        std::fs::create_dir_all(project.folder.join(FOLDER)).map_err(io)?;
        std::fs::write(&file, json_text(&SignOff { statement, signature })?).map_err(io)?;
        console::data(&format!("{item} is signed by {name}: {}\n", file.display()));
    }
    Ok(Exit::Done)
}

/// What an item that people sign says.
fn signable(project: &Project, item: &str) -> Result<String> {
    let known = all_items(&project.config.gate).into_iter().find(|one| one.id == *item);
    let is_emergency =
        item.starts_with(EMERGENCY) && item.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match known {
        Some(known) if known.proof == Proof::Person => Ok(known.text),
        Some(_) => {
            Err(Fault::new(format!("{item} is proven, not signed")).next("groundline gate says by what"))
        }
        None if is_emergency => {
            Ok("an emergency was looked at, and what was done in it is a revision".to_owned())
        }
        None => Err(Fault::new(format!("there is no item {item}")).next("groundline gate lists them")),
    }
}

fn statement(
    project: &Project,
    evidence: &Path,
    (item, text): (&str, &str),
    name: &str,
    note: Option<&str>,
) -> Result<Statement> {
    let run = newest_run(evidence)?.ok_or_else(|| {
        Fault::new("there is no evidence to sign").at(Place::file(evidence)).next("groundline check makes it")
    })?;
    let history = drill::history(project).ok();
    let now = Now::of(project, history.as_ref());
    let printed = |digest: Option<groundline_core::Digest>| {
        digest.map_or("none".to_owned(), |digest| digest.to_string())
    };
    let facts = [
        ("project", project.name()),
        ("item", item.to_owned()),
        ("text", text.to_owned()),
        ("run", run.record.evidence().run_id.clone()),
        ("evidence", run.digest.to_string()),
        ("history", printed(now.history)),
        ("lock", printed(now.lock)),
        ("configuration", printed(now.configuration)),
        ("commit", git(&project.folder).map_or("none".to_owned(), |git| git.commit)),
        ("signer", name.to_owned()),
        ("at", Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        ("note", note.unwrap_or_default().to_owned()),
    ];
    Ok(Statement {
        title: TITLE.to_owned(),
        facts: facts.map(|(fact, value)| (fact.to_owned(), value)).to_vec(),
    })
}

/// The files of signatures, sorted.
pub fn files(project: &Project) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(project.folder.join(FOLDER)).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    files
}

/// Reads a signature.
pub fn read(file: &Path) -> Result<SignOff> {
    let text =
        std::fs::read_to_string(file).map_err(|error| Fault::io("read the signature", file, &error))?;
    serde_json::from_str(&text)
        .map_err(|error| Fault::new("the file is no signature").at(Place::file(file)).why(error.to_string()))
}

/// The signatures of a project, and whether each counts.
pub fn signed(project: &Project, state: &Now, now: Timestamp) -> Result<Vec<Signed>> {
    files(project).iter().map(|file| Ok(one(project, state, now, &read(file)?))).collect()
}

fn one(project: &Project, state: &Now, now: Timestamp, sign_off: &SignOff) -> Signed {
    let fact = |name: &str| sign_off.statement.fact(name).unwrap_or_default().to_owned();
    let by = fact("signer");
    let refused = match project.config.owners.approver(&by) {
        _ if sign_off.statement.title != TITLE => Some(format!("it is a {:?}", sign_off.statement.title)),
        _ if fact("project") != project.name() => Some(format!("it is of project {}", fact("project"))),
        None => Some("its signer is none of [owners] approvers".to_owned()),
        Some(approver) if approver.is_expired(now) => Some("its key is over".to_owned()),
        Some(approver) => {
            let verified = sign_off.signature.verify(&approver.key, &sign_off.statement.text());
            verified.err().map(|fault| fault.what)
        }
    };
    let is = |digest: Option<groundline_core::Digest>, name: &str| {
        digest.map_or("none".to_owned(), |digest| digest.to_string()) == fact(name)
    };
    let stale = [
        (state.history, "history", "the revisions"),
        (state.lock, "lock", "groundline.lock"),
        (state.configuration, "configuration", "groundline.toml"),
    ]
    .into_iter()
    .find(|(digest, name, _)| !is(*digest, name))
    .map(|(_, _, what)| format!("{what} changed since"));
    let item = fact("item");
    // What was done then stays what it was.
    let stale = stale.filter(|_| !item.starts_with(EMERGENCY));
    Signed { item, by, at: fact("at"), refused, stale }
}

/// What a signature is worth, in words.
pub fn verdict(signed: &Signed) -> (Verdict, String) {
    match (&signed.refused, &signed.stale) {
        (Some(why), _) => (Verdict::Failed, why.clone()),
        (None, Some(why)) => (Verdict::Stale, why.clone()),
        (None, None) => (Verdict::Passed, "holds".to_owned()),
    }
}

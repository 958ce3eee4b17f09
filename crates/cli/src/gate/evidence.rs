//! The command `evidence`: runs listed, shown, verified, exported, pruned.
//! Out: making evidence (`check`), the chain (`evidence::chain`).

use super::args::{EvidenceAction, EvidenceArgs, EvidencePlace, ExportArgs, PruneArgs, ShowArgs};
use super::seen::Now;
use super::{folder, sign};
use crate::args::ProjectArgs;
use crate::settings::Project;
use crate::{Exit, console, drill};
use flate2::Compression;
use flate2::write::GzEncoder;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::{DIGESTS, KeptRun, count, newest_run, runs, verify_runs};
use groundline_gate::NAMESPACE;
use jiff::Timestamp;
use std::fmt::Write as _;
use std::fs::File;
use std::path::PathBuf;

/// Runs `evidence`.
pub async fn run(args: EvidenceArgs) -> Result<Exit> {
    match args.action {
        EvidenceAction::List(place) => list(&place),
        EvidenceAction::Show(args) => show(&args),
        EvidenceAction::Verify(place) => verify(&place),
        EvidenceAction::Export(args) => export(&args),
        EvidenceAction::Prune(args) => prune(&args),
    }
}

impl EvidencePlace {
    fn open(&self) -> Result<(Project, PathBuf)> {
        let project = Project::open(&ProjectArgs::of_folder(&self.project))?;
        let folder = folder(&project, self.evidence.as_deref());
        Ok((project, folder))
    }
}

fn list(place: &EvidencePlace) -> Result<Exit> {
    let (_, folder) = place.open()?;
    let all = runs(&folder)?;
    all.iter().for_each(|run| console::data(&format!("{}\n", run.line())));
    console::data(&format!("{} in {}\n", count(all.len(), "run"), folder.display()));
    Ok(Exit::Done)
}

fn pick(place: &EvidencePlace, named: Option<&str>) -> Result<(Project, KeptRun)> {
    let (project, folder) = place.open()?;
    let found = match named {
        Some(id) => runs(&folder)?.into_iter().find(|run| run.record.evidence().run_id == id),
        None => newest_run(&folder)?,
    };
    let none =
        || Fault::new("there is no such run").at(Place::file(&folder)).next("groundline evidence list");
    Ok((project, found.ok_or_else(none)?))
}

fn show(args: &ShowArgs) -> Result<Exit> {
    let (_, run) = pick(&args.place, args.run.as_deref())?;
    console::data(&run.record.text(console::look()));
    Ok(Exit::Done)
}

fn verify(place: &EvidencePlace) -> Result<Exit> {
    let (project, folder) = place.open()?;
    let fold = verify_runs(&folder)?;
    fold.notes.iter().for_each(console::note);
    fold.faults.iter().for_each(console::fault);
    let state = Now::of(&project, drill::history(&project).ok().as_ref());
    let mut wrong = fold.faults.len();
    let mut text = format!("{}, {}\n", count(fold.runs, "whole run"), count(fold.faults.len(), "fault"));
    for signed in sign::signed(&project, &state, Timestamp::now())? {
        let (verdict, why) = sign::verdict(&signed);
        wrong += usize::from(signed.refused.is_some());
        // Writing to a string does not fail.
        let _ = writeln!(text, "{} by {}, {}: {} ({why})", signed.item, signed.by, signed.at, verdict.word());
    }
    console::data(&text);
    Ok(if wrong == 0 { Exit::Done } else { Exit::Findings })
}

/// What a person with an archive and no Groundline does.
const README: &str = "# Verify this without Groundline

    ./verify.sh

It holds the run's files against their digests with `sha256sum`, and each signature against its key with `ssh-keygen`. Before
that, compare `allowed_signers` with the keys that you know these people by: whoever made the archive made that file, too.
The line `evidence:` of a signed text is the SHA-256 of the `SHA256SUMS` of the run that was signed, which `verify.sh` compares.
";

const SCRIPT: &str = "#!/bin/sh
# Holds the files of a run against their digests, and the signatures against their keys.
set -eu
cd \"$(dirname \"$0\")\"
(cd run && sha256sum -c SHA256SUMS)
digest=$(sha256sum < run/SHA256SUMS | cut -d' ' -f1)
for text in sign-off/*.txt; do
    [ -e \"$text\" ] || { echo 'no signatures'; break; }
    signer=$(sed -n 's/^signer: //p' \"$text\")
    ssh-keygen -Y verify -f allowed_signers -I \"$signer\" -n groundline -s \"${text%.txt}.sig\" < \"$text\"
    if grep -q \"^evidence: $digest$\" \"$text\"; then
        echo \"$text: signed for this run\"
    else
        echo \"$text: signed for another run\"
    fi
done
";

fn export(args: &ExportArgs) -> Result<Exit> {
    let (project, run) = pick(&args.place, args.run.as_deref())?;
    let unwritable = |error: std::io::Error| Fault::io("write the archive", &args.out, &error);
    let gzip = GzEncoder::new(File::create(&args.out).map_err(unwritable)?, Compression::default());
    let mut archive = tar::Builder::new(gzip);
    let mut put = |name: &str, bytes: &[u8], mode: u32| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(mode);
        archive.append_data(&mut header, format!("evidence/{name}"), bytes).map_err(unwritable)
    };
    put("README.md", README.as_bytes(), 0o644)?;
    put("verify.sh", SCRIPT.as_bytes(), 0o755)?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&run.folder).map_err(unwritable)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        put(&format!("run/{name}"), &std::fs::read(&file).map_err(unwritable)?, 0o644)?;
    }
    let signers = project.config.owners.approvers.iter();
    let signers: String =
        signers.map(|one| format!("{} namespaces=\"{NAMESPACE}\" {}\n", one.name, one.key.trim())).collect();
    put("allowed_signers", signers.as_bytes(), 0o644)?;
    let signatures = sign::files(&project);
    for file in &signatures {
        let sign_off = sign::read(file)?;
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        put(&format!("sign-off/{stem}.txt"), sign_off.statement.text().as_bytes(), 0o644)?;
        put(&format!("sign-off/{stem}.sig"), sign_off.signature.0.as_bytes(), 0o644)?;
    }
    archive.into_inner().and_then(GzEncoder::finish).map_err(unwritable)?;
    console::data(&format!(
        "{}: run {} ({DIGESTS} {}) and {}\n",
        args.out.display(),
        run.record.evidence().run_id,
        run.digest.short(),
        count(signatures.len(), "signature")
    ));
    Ok(Exit::Done)
}

fn prune(args: &PruneArgs) -> Result<Exit> {
    let (_, folder) = args.place.open()?;
    let all = runs(&folder)?;
    let old = &all[..all.len().saturating_sub(args.keep.max(1))];
    for run in old {
        std::fs::remove_dir_all(&run.folder)
            .map_err(|error| Fault::io("remove a run", &run.folder, &error))?;
    }
    console::data(&format!("{} removed\n", count(old.len(), "run")));
    Ok(Exit::Done)
}

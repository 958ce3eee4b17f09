//! Writes the evidence of invented runs, to look at the reports: `cargo run -p groundline-evidence --example
//! sample_report -- FOLDER`. The sample shows how each type is filled.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example is a program of its own"
)]

#[path = "../../tests/sample/mod.rs"]
mod sample;

use groundline_core::{Fault, Result};
use groundline_evidence::{Evidence, LogFile, Look, Record};
use std::path::Path;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| Fault::new("give a folder to write to"))?;
    let samples: [(&str, Evidence); 5] = [
        ("passed", sample::passed()),
        ("findings", sample::findings()),
        ("not-run", sample::not_run()),
        ("failing", sample::failing()),
        ("large", sample::large(340, 500)),
    ];
    for (name, evidence) in samples {
        let target = Path::new(&folder).join(name);
        let record = Record::new(&evidence)?;
        let log = LogFile { name: "app.log".into(), text: sample::app_log() };
        record.write(&target, &[log])?;
        anstream::println!("{}\n{}", record.text(Look::default()), target.display());
    }
    Ok(())
}

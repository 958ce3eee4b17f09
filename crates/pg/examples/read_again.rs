//! Measures reading a catalog again after one column was added, as the drill does: `read_again RUNS`, with the
//! database in `DATABASE_URL`. Prints the median of the runs in microseconds. Everything is rolled back.
//! Called by `cargo xtask bench-catalog`.

use groundline_core::{Fault, Result};
use groundline_pg::client::{self, connect};
use groundline_pg::introspect::{Excluded, Reader};
use std::time::{Duration, Instant};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let usage = || Fault::new("usage: DATABASE_URL=… read_again RUNS");
    let runs: usize = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).ok_or_else(usage)?;
    let client = connect(&std::env::var("DATABASE_URL").map_err(|_| usage())?).await?;
    let run = async |sql: &str| client.batch_execute(sql).await.map_err(|error| client::fault(&error));
    let mut reader = Reader::new(Excluded::bookkeeping());
    run("BEGIN").await?;
    let objects = reader.read(&client).await?.len();
    let mut took: Vec<Duration> = Vec::new();
    for run_number in 0..=runs {
        run(&format!("ALTER TABLE grown.things_1 ADD COLUMN added_{run_number} text")).await?;
        let started = Instant::now();
        let now = reader.read(&client).await?.len();
        took.push(started.elapsed());
        if now != objects + run_number + 1 {
            return Err(Fault::new(format!("{now} objects were read after {run_number} columns were added")));
        }
    }
    run("ROLLBACK").await?;
    // The first prepares the statements.
    let mut took = took.split_off(1);
    took.sort();
    println!("{}", took[took.len() / 2].as_micros());
    Ok(())
}

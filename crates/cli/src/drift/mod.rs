//! The command `drift`.
use crate::Exit;
use crate::args::DriftArgs;
use groundline_core::Result;
/// Runs.
pub async fn run(_args: DriftArgs) -> Result<Exit> {
    Ok(Exit::Done)
}

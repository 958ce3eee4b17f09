//! stub
use crate::Exit;
#[derive(Debug, clap::Args)]
pub struct PostgresArgs {}
pub async fn run(_a: PostgresArgs) -> groundline_core::Result<Exit> {
    Ok(Exit::Done)
}

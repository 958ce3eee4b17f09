//! stub
#![allow(missing_docs, unused)]
pub async fn prove(
    a: &tokio_postgres::Client,
    b: &tokio_postgres::Client,
    c: &[(&'static str, &'static str)],
) -> groundline_core::Result<Vec<groundline_migrate::outcome::TableProof>> {
    todo!()
}

//! stub
#![allow(missing_docs, unused)]
pub struct Excluded;
impl Excluded {
    pub fn bookkeeping() -> Self {
        Excluded
    }
}
pub struct Reader;
impl Reader {
    pub fn new(e: Excluded) -> Self {
        Reader
    }
    pub async fn read(
        &mut self,
        c: &tokio_postgres::Client,
    ) -> groundline_core::Result<groundline_catalog::Snapshot> {
        todo!()
    }
}
pub async fn read(
    c: &tokio_postgres::Client,
    e: &Excluded,
) -> groundline_core::Result<groundline_catalog::Snapshot> {
    todo!()
}

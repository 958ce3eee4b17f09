//! Sending the queries of a reading: each as an unnamed statement, so that it works through a pooler, or prepared,
//! where the same session is asked again and again.
//! Out: which queries there are (`queries`, `raw`, `names`). Called by all parts of the reader.

use crate::client::OrFault as _;
use futures_util::TryStreamExt as _;
use groundline_core::Result;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, RowStream, Statement};

/// A parameter and its type.
pub(super) type Parameter<'p> = (&'p (dyn ToSql + Sync), Type);

/// Statements that were prepared on one connection, by their text.
#[derive(Default)]
pub(super) struct Prepared(Mutex<HashMap<String, Statement>>);

/// Asks the server of one connection.
#[derive(Clone, Copy)]
pub(super) struct Asker<'c> {
    client: &'c Client,
    prepared: Option<&'c Prepared>,
}

impl<'c> Asker<'c> {
    /// Asks with unnamed statements.
    pub fn once(client: &'c Client) -> Self {
        Self { client, prepared: None }
    }

    /// Asks with prepared statements, which must be of this client.
    pub fn again(client: &'c Client, prepared: &'c Prepared) -> Self {
        Self { client, prepared: Some(prepared) }
    }

    /// All rows of a query. Futures of several calls are sent one behind the other, without waiting for answers.
    pub async fn rows(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>> {
        self.each(sql, parameters, |row| row).await
    }

    /// Something made of each row of a query as it comes, while the server works on the next.
    pub async fn each<T, C: Default + Extend<T>>(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
        of: impl Fn(Row) -> T,
    ) -> Result<C> {
        let mut rows = pin!(self.stream(sql, parameters).await?);
        let mut made = C::default();
        while let Some(row) = rows.try_next().await.fault()? {
            made.extend([of(row)]);
        }
        Ok(made)
    }

    async fn stream(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<RowStream> {
        let Some(prepared) = self.prepared else {
            let parameters = parameters.iter().map(|(value, kind)| (*value, kind.clone()));
            return self.client.query_typed_raw(sql, parameters).await.fault();
        };
        let statement = match prepared.known(sql) {
            Some(statement) => statement,
            None => {
                let types: Vec<Type> = parameters.iter().map(|(_, kind)| kind.clone()).collect();
                let statement = self.client.prepare_typed(sql, &types).await.fault()?;
                prepared.keep(sql, statement.clone());
                statement
            }
        };
        self.client.query_raw(&statement, parameters.iter().map(|(value, _)| *value)).await.fault()
    }
}

impl Prepared {
    fn known(&self, sql: &str) -> Option<Statement> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned()
    }

    fn keep(&self, sql: &str, statement: Statement) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(sql.to_owned(), statement);
    }
}

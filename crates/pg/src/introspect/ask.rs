//! Sending the queries of a reading: all that can be asked by now as one script, which needs no prepared statement and
//! so works through a pooler; or each prepared, where the same session is asked again and again.
//! Out: which queries there are (`queries`, `raw`, `names`). Called by all parts of the reader.
//!
//! A script is one message of the simple protocol. To each query of its own the server would answer with a packet of its
//! own, and wake us up for it: with eighty queries that takes longer than the queries do.

use super::row::Row;
use crate::client::OrFault as _;
use futures_util::TryStreamExt as _;
use groundline_core::{Result, quote_literal};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::unconstrained;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow, Statement};

/// After so many rows of a script's answer they are made into what they mean, while the server works on.
const HANDFUL: usize = 500;

/// A value for `$1` or `$2`.
#[derive(Clone, Copy)]
pub(super) enum Parameter<'p> {
    Oids(&'p Vec<u32>),
    Integers(&'p Vec<i32>),
    Text(&'p String),
}

/// Statements that were prepared on one connection, by their text.
#[derive(Default)]
pub(super) struct Prepared(Mutex<HashMap<String, Statement>>);

/// Asks the server of one connection.
pub(super) struct Asker<'c> {
    client: &'c Client,
    way: Way<'c>,
}

enum Way<'c> {
    /// The questions that wait for the next script.
    Scripts(Mutex<Vec<Question>>),
    Prepared(&'c Prepared),
}

/// A query of a script, and who wants its rows.
struct Question {
    sql: String,
    rows: UnboundedSender<SimpleQueryRow>,
}

impl<'c> Asker<'c> {
    /// Asks with scripts.
    pub fn once(client: &'c Client) -> Self {
        Self { client, way: Way::Scripts(Mutex::default()) }
    }

    /// Asks with prepared statements, which must be of this client.
    pub fn again(client: &'c Client, prepared: &'c Prepared) -> Self {
        Self { client, way: Way::Prepared(prepared) }
    }

    /// Does work that asks. What it asks before it awaits its first answer goes to the server together. Nothing that
    /// asks may be awaited outside of this.
    pub async fn answering<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Way::Scripts(waiting) = &self.way else { return work.await };
        // It takes in thousands of rows at a time, and yields where it waits for the server.
        let mut work = pin!(unconstrained(work));
        loop {
            let asked = poll_fn(|context| match work.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Err(done)),
                Poll::Pending => {
                    match std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner)) {
                        none if none.is_empty() => Poll::Pending,
                        asked => Poll::Ready(Ok(asked)),
                    }
                }
            });
            let played = match asked.await {
                Ok(asked) => self.play(asked, &mut work).await?,
                Err(done) => Some(done),
            };
            if let Some(done) = played {
                return done;
            }
        }
    }

    /// Plays a script, and lets the work go on meanwhile. The work's result, if it came to its end.
    async fn play<T>(
        &self,
        asked: Vec<Question>,
        work: &mut Pin<&mut impl Future<Output = Result<T>>>,
    ) -> Result<Option<Result<T>>> {
        let script: Vec<&str> = asked.iter().map(|question| question.sql.as_str()).collect();
        let mut messages = pin!(self.client.simple_query_raw(&script.join("\n;\n")).await.fault()?);
        let mut asked = asked.into_iter();
        let mut current = asked.next();
        let mut rows = 0;
        while let Some(message) = messages.try_next().await.fault()? {
            match message {
                SimpleQueryMessage::Row(row) => {
                    if let Some(question) = &current {
                        // Whoever does not want them any more has failed, and says so.
                        let _ = question.rows.send(row);
                    }
                    rows += 1;
                }
                SimpleQueryMessage::CommandComplete(_) => current = asked.next(),
                _ => {}
            }
            if rows >= HANDFUL {
                rows = 0;
                let worked = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
                if let Poll::Ready(done) = worked {
                    return Ok(Some(done));
                }
            }
        }
        Ok(None)
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
        let mut made = C::default();
        match &self.way {
            Way::Scripts(waiting) => {
                let (sender, mut rows) = unbounded_channel();
                let question = Question { sql: written_out(sql, parameters), rows: sender };
                waiting.lock().unwrap_or_else(PoisonError::into_inner).push(question);
                while let Some(row) = rows.recv().await {
                    made.extend([of(Row::Text(row))]);
                }
            }
            Way::Prepared(prepared) => {
                let statement = self.prepared(prepared, sql, parameters).await?;
                let values = parameters.iter().map(Parameter::value);
                let mut rows = pin!(self.client.query_raw(&statement, values).await.fault()?);
                while let Some(row) = rows.try_next().await.fault()? {
                    made.extend([of(Row::Binary(row))]);
                }
            }
        }
        Ok(made)
    }

    async fn prepared(
        &self,
        prepared: &Prepared,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Statement> {
        if let Some(statement) = prepared.known(sql) {
            return Ok(statement);
        }
        let types: Vec<Type> = parameters.iter().map(Parameter::of_type).collect();
        let statement = self.client.prepare_typed(sql, &types).await.fault()?;
        prepared.keep(sql, statement.clone());
        Ok(statement)
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

impl Parameter<'_> {
    fn of_type(&self) -> Type {
        match self {
            Parameter::Oids(_) => Type::OID_ARRAY,
            Parameter::Integers(_) => Type::INT4_ARRAY,
            Parameter::Text(_) => Type::TEXT,
        }
    }

    fn value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Parameter::Oids(oids) => *oids,
            Parameter::Integers(integers) => *integers,
            Parameter::Text(text) => *text,
        }
    }

    fn literal(&self) -> String {
        match self {
            Parameter::Oids(oids) => array(oids, "oid[]"),
            Parameter::Integers(integers) => array(integers, "int4[]"),
            Parameter::Text(text) => quote_literal(text),
        }
    }
}

fn array<T: std::fmt::Display>(numbers: &[T], of_type: &str) -> String {
    let mut literal = String::with_capacity(numbers.len() * 7 + 16);
    literal.push_str("'{");
    for (at, number) in numbers.iter().enumerate() {
        let separator = if at == 0 { "" } else { "," };
        let _ = write!(literal, "{separator}{number}");
    }
    literal + "}'::" + of_type
}

/// A query with its parameters written in.
fn written_out(sql: &str, parameters: &[Parameter<'_>]) -> String {
    let numbered = parameters.iter().zip(1..);
    numbered.fold(sql.to_owned(), |sql, (parameter, number)| {
        sql.replace(&format!("${number}"), &parameter.literal())
    })
}

#[cfg(test)]
mod tests {
    use super::{Parameter, written_out};

    #[test]
    fn writes_parameters_in() {
        let (oids, text) = (vec![1, 20], "o'clock".to_owned());
        let parameters = [Parameter::Oids(&oids), Parameter::Text(&text)];
        let sql = written_out("SELECT $1, $2, $1", &parameters);
        assert_eq!(sql, "SELECT '{1,20}'::oid[], 'o''clock', '{1,20}'::oid[]");
        assert_eq!(written_out("$1", &[Parameter::Integers(&Vec::new())]), "'{}'::int4[]");
    }
}

//! Sending the queries of a reading: all that can be asked by now as one script, which needs no prepared statement and
//! so works through a pooler; or each prepared, where the same session is asked again and again.
//! Out: which queries there are (`queries`, `raw`, `names`). Called by all parts of the reader.
//!
//! A script is one message of the simple protocol. To each query of its own the server would answer with a packet of its
//! own, and wake us up for it: with eighty queries that takes longer than the queries do.

use super::row::Row;
use crate::client::OrFault as _;
use futures_util::TryStreamExt as _;
use futures_util::future::try_join;
use groundline_core::{Result, quote_literal};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::unconstrained;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow, Statement};

/// How long a query takes, against others of the same reading.
pub(super) type Effort = u32;

/// Of a query that few rows or none answer.
pub(super) const SOON: Effort = 1;

/// A second connection that does not begin within this is done without: a pooler may have only one for us.
const PATIENCE: Duration = Duration::from_secs(1);

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
    helper: Option<&'c Helper<'c>>,
    way: Way<'c>,
}

/// A second connection, which takes a share of the work.
pub(super) struct Helper<'c> {
    client: &'c Client,
    begin: String,
    has_begun: OnceCell<bool>,
}

enum Way<'c> {
    /// The questions that wait for the next script.
    Scripts(Mutex<Vec<Question>>),
    Prepared(&'c Prepared),
}

/// A query of a script, and who wants its rows.
struct Question {
    effort: Effort,
    sql: String,
    rows: UnboundedSender<SimpleQueryRow>,
}

impl<'c> Asker<'c> {
    /// Asks with scripts.
    pub fn once(client: &'c Client) -> Self {
        Self { client, helper: None, way: Way::Scripts(Mutex::default()) }
    }

    /// Asks with prepared statements, which must be of this client.
    pub fn again(client: &'c Client, prepared: &'c Prepared) -> Self {
        Self { client, helper: None, way: Way::Prepared(prepared) }
    }

    /// Asks two connections of one database with scripts: as much of each as takes about as long.
    pub fn with_helper(client: &'c Client, helper: &'c Helper<'c>) -> Self {
        Self { helper: Some(helper), ..Self::once(client) }
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
            let asked = match asked.await {
                Ok(asked) => asked,
                Err(done) => return done,
            };
            let mut plays = pin!(self.play(asked));
            // Rows are made into what they mean as they come, while the server works on.
            let done = poll_fn(|context| {
                let played = plays.as_mut().poll(context);
                match (work.as_mut().poll(context), played) {
                    (Poll::Ready(done), _) => Poll::Ready(Ok(Some(done))),
                    (Poll::Pending, Poll::Ready(played)) => Poll::Ready(played.map(|()| None)),
                    (Poll::Pending, Poll::Pending) => Poll::Pending,
                }
            });
            if let Some(done) = done.await? {
                return done;
            }
        }
    }

    /// Plays what was asked, on two connections where there are two.
    async fn play(&self, asked: Vec<Question>) -> Result<()> {
        let Some(helper) = self.helper else { return play(self.client, asked).await };
        let [own, helpers] = halves(asked);
        let helped = async {
            let client = if helper.has_begun().await { helper.client } else { self.client };
            play(client, helpers).await
        };
        try_join(play(self.client, own), helped).await.map(|_| ())
    }

    /// All rows of a query that is soon answered. Futures of several calls are sent one behind the other, without
    /// waiting for answers.
    pub async fn rows(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>> {
        self.each(SOON, sql, parameters, |row| row).await
    }

    /// Something made of each row of a query as it comes, while the server works on the next.
    pub async fn each<T, C: Default + Extend<T>>(
        &self,
        effort: Effort,
        sql: &str,
        parameters: &[Parameter<'_>],
        of: impl Fn(Row) -> T,
    ) -> Result<C> {
        let mut made = C::default();
        match &self.way {
            Way::Scripts(waiting) => {
                let (sender, mut rows) = unbounded_channel();
                let question = Question { effort, sql: written_out(sql, parameters), rows: sender };
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

impl<'c> Helper<'c> {
    /// On another connection of the same database. The script begins a transaction that sees what the first sees.
    pub fn new(client: &'c Client, begin: String) -> Self {
        Self { client, begin, has_begun: OnceCell::new() }
    }

    /// Whether it takes part; begins where it has not.
    async fn has_begun(&self) -> bool {
        let begin = async || {
            let begun = timeout(PATIENCE, self.client.batch_execute(&self.begin)).await;
            begun.is_ok_and(|begun| begun.is_ok())
        };
        *self.has_begun.get_or_init(begin).await
    }

    /// Ends its transaction.
    pub async fn end(&self) -> Result<()> {
        match self.has_begun.get() {
            Some(true) => self.client.batch_execute("ROLLBACK").await.fault(),
            _ => Ok(()),
        }
    }
}

/// Plays one script.
async fn play(client: &Client, asked: Vec<Question>) -> Result<()> {
    if asked.is_empty() {
        return Ok(());
    }
    let script: Vec<&str> = asked.iter().map(|question| question.sql.as_str()).collect();
    let mut messages = pin!(client.simple_query_raw(&script.join("\n;\n")).await.fault()?);
    let mut asked = asked.into_iter();
    let mut current = asked.next();
    while let Some(message) = messages.try_next().await.fault()? {
        match message {
            SimpleQueryMessage::Row(row) => {
                if let Some(question) = &current {
                    // Whoever does not want them any more has failed, and says so.
                    let _ = question.rows.send(row);
                }
            }
            SimpleQueryMessage::CommandComplete(_) => current = asked.next(),
            _ => {}
        }
    }
    Ok(())
}

/// Two shares of about the same effort.
fn halves(asked: Vec<Question>) -> [Vec<Question>; 2] {
    let (mut halves, mut efforts) = ([Vec::new(), Vec::new()], [0, 0]);
    for question in asked {
        let half = usize::from(efforts[1] < efforts[0]);
        efforts[half] += question.effort;
        halves[half].push(question);
    }
    halves
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

//! Asking with `tokio-postgres`, in one round trip that works through poolers.

use crate::{Expected, NotReady, Standing};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

/// How a database stands. One that has no history table is [`Standing::Empty`].
///
/// # Errors
/// The server's, or a lost connection.
pub async fn standing(client: &Client, expected: &Expected) -> Result<Standing, tokio_postgres::Error> {
    let answer = match client.simple_query(expected.query()).await {
        Ok(answer) => answer,
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => return Ok(Standing::Empty),
        Err(error) => return Err(error),
    };
    let version = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    };
    let recorded: Vec<String> = answer.iter().filter_map(version).collect();
    Ok(expected.judge(&recorded))
}

/// Lets a program go on whose database is ready.
///
/// # Errors
/// It is not, or can't be asked.
pub async fn require(client: &Client, expected: &Expected) -> Result<(), NotReady> {
    let standing = standing(client, expected).await.map_err(|error| NotReady::Unknown(Box::new(error)))?;
    expected.require(standing)
}

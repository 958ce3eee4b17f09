//! Asking with `sqlx`.

use crate::{Expected, NotReady, Standing};
use sqlx::Row as _;
use sqlx::postgres::PgExecutor;

/// How a database stands. One that has no history table is [`Standing::Empty`].
///
/// # Errors
/// The server's, or a lost connection.
pub async fn standing_sqlx<'c>(
    executor: impl PgExecutor<'c>,
    expected: &Expected,
) -> Result<Standing, sqlx::Error> {
    let rows = match sqlx::query(expected.query()).persistent(false).fetch_all(executor).await {
        Ok(rows) => rows,
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => {
            return Ok(Standing::Empty);
        }
        Err(error) => return Err(error),
    };
    let recorded = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    Ok(expected.judge(&recorded))
}

/// Lets a program go on whose database is ready.
///
/// # Errors
/// It is not, or can't be asked.
pub async fn require_sqlx<'c>(executor: impl PgExecutor<'c>, expected: &Expected) -> Result<(), NotReady> {
    let standing =
        standing_sqlx(executor, expected).await.map_err(|error| NotReady::Unknown(Box::new(error)))?;
    expected.require(standing)
}

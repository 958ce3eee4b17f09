//! Faults from the driver's and the server's errors. Out: positions in a script (the runner's work).

use groundline_core::{Fault, Result};
use std::error::Error as _;

/// A fault with the server's message, detail, context, hint and SQLSTATE; or, where the error is not the
/// server's, what happened to the connection. Source: PostgreSQL manual, 55.8 "Error and Notice Message Fields".
pub fn fault(error: &tokio_postgres::Error) -> Fault {
    let Some(said) = error.as_db_error() else { return lost(error) };
    let mut fault = Fault::new(said.message()).sqlstate(said.code().code());
    let why: Vec<&str> = [said.detail(), said.where_()].into_iter().flatten().collect();
    if !why.is_empty() {
        fault = fault.why(why.join("\n"));
    }
    match said.hint() {
        Some(hint) => fault.next(hint),
        None => fault,
    }
}

/// The chain of causes behind an error, the outermost first, without repetitions.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts.join(": ")
}

fn lost(error: &tokio_postgres::Error) -> Fault {
    let io = error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    match error.is_closed() || io {
        true => Fault::new("the server closed the connection").why(causes(error)),
        false => Fault::new("the query could not be run").why(causes(error)),
    }
}

/// Turns driver errors into faults: `client.query(…).await.fault()?`.
pub(crate) trait OrFault<T> {
    /// The value, or [`fault`] of the error.
    fn fault(self) -> Result<T>;
}

impl<T> OrFault<T> for std::result::Result<T, tokio_postgres::Error> {
    fn fault(self) -> Result<T> {
        self.map_err(|error| fault(&error))
    }
}

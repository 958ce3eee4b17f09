//! What goes wrong in a request, and the answer that it gets.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use deadpool_postgres::PoolError;
use serde_json::json;
use tokio_postgres::error::SqlState;

/// An answer that is no success. What the client may not know goes to the log instead.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    message: String,
}

impl Problem {
    /// What was asked for does not exist.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: what.into() }
    }

    /// The request is well formed but asks for something that can't be.
    pub fn unprocessable(why: impl Into<String>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, message: why.into() }
    }

    /// The request contradicts the present state.
    pub fn conflict(why: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, message: why.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.message }))).into_response()
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self { status: rejection.status(), message: rejection.body_text() }
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self { status: rejection.status(), message: rejection.body_text() }
    }
}

impl From<PoolError> for Problem {
    fn from(error: PoolError) -> Self {
        eprintln!("orders-axum: no connection: {error}");
        Self { status: StatusCode::SERVICE_UNAVAILABLE, message: "the database can't be reached".into() }
    }
}

impl From<tokio_postgres::Error> for Problem {
    /// Constraints are the schema's own rules: a request that breaks one is told which. Everything else is ours.
    fn from(error: tokio_postgres::Error) -> Self {
        let rule =
            error.as_db_error().and_then(|server| server.constraint()).unwrap_or("a rule of the schema");
        match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::conflict(format!("breaks {rule}")),
            Some(code) if *code == SqlState::FOREIGN_KEY_VIOLATION || *code == SqlState::CHECK_VIOLATION => {
                Self::unprocessable(format!("breaks {rule}"))
            }
            Some(code) if *code == SqlState::INVALID_TEXT_REPRESENTATION => {
                Self::unprocessable("an unknown value")
            }
            _ => {
                eprintln!("orders-axum: {error}: {:?}", error.as_db_error());
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, message: "internal error".into() }
            }
        }
    }
}

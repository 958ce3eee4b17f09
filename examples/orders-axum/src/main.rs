//! A small order backend: customers, products, orders and payments over HTTP, in PostgreSQL.
//! Out: the schema. It does no schema work at all; `migrations/` has all of it, and runs before a release.
//! Settings come from the environment: `DATABASE_URL` and `PORT`.

mod problem;
mod routes;
mod settings;

use settings::Settings;
use std::error::Error;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orders-axum: {error}");
            ExitCode::from(2)
        }
    }
}

/// Serves until SIGTERM or Ctrl-C, then finishes the requests that are under way.
async fn serve() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind(settings.address).await?;
    eprintln!("orders-axum: listening on http://{}", listener.local_addr()?);
    axum::serve(listener, routes::router(settings.pool()?))
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
        })
        .await?;
    Ok(())
}

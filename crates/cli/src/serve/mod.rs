//! The command `serve`: the gate, every run's report, and the run that is under way, in a browser. Read-only.
//! Out: the reports themselves (`evidence`), what is seen of a project (`state`), the page (`page.html`).
//! Called by `main`.

mod state;

use crate::args::ProjectArgs;
use crate::settings::Project;
use crate::{Exit, console, gate};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path as At, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clap::Args;
use futures_util::stream::{self, Stream};
use groundline_core::{Fault, Result};
use state::Watched;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often the folder of evidence is looked at.
const LOOK: Duration = Duration::from_millis(400);

/// What a page may load and do: its own style and script, and this server's events.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Folder of the project.
    #[arg(default_value = ".", value_name = "DIR")]
    pub project: PathBuf,
    /// Where it listens. Elsewhere than on this machine it asks for a token, which it prints.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7432")]
    pub listen: SocketAddr,
    /// Folder of evidence; DIR/.groundline/evidence without it.
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
}

struct Shown {
    watched: Watched,
    token: Option<String>,
}

/// Runs `serve`, until it is stopped.
pub async fn run(args: ServeArgs) -> Result<Exit> {
    let project = Project::open(&ProjectArgs::of_folder(&args.project))?;
    let evidence = gate::folder(&project, args.evidence.as_deref());
    let token = if args.listen.ip().is_loopback() { None } else { Some(token()?) };
    let failed =
        |error: std::io::Error| Fault::new(format!("can't listen on {}", args.listen)).why(error.to_string());
    let listener = tokio::net::TcpListener::bind(args.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let query = token.as_ref().map(|token| format!("?token={token}")).unwrap_or_default();
    console::data(&format!("http://{address}/{query}\n"));
    let shown = Arc::new(Shown { watched: Watched::new(args.project, evidence), token });
    let routes = Router::new()
        .route("/", get(page))
        .route("/state.json", get(state))
        .route("/events", get(events))
        .route("/runs/{run}/{file}", get(file))
        .layer(middleware::from_fn_with_state(Arc::clone(&shown), guarded))
        .with_state(shown);
    axum::serve(listener, routes).await.map_err(failed)?;
    Ok(Exit::Done)
}

/// 128 bits of the operating system's.
fn token() -> Result<String> {
    use std::io::Read as _;
    let mut bytes = [0u8; 16];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|error| Fault::new("no random numbers can be had").why(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Lets a request through that has the token, where there is one: in the query, or in the cookie that the query's left.
async fn guarded(
    State(shown): State<Arc<Shown>>,
    Query(query): Query<HashMap<String, String>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let Some(token) = &shown.token else { return finished(next.run(request).await, None) };
    let cookie =
        request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = format!("groundline={token}");
    let has_cookie = cookie.split("; ").any(|one| one == wanted);
    match query.get("token") == Some(token) {
        true => finished(next.run(request).await, Some(&wanted)),
        false if has_cookie => finished(next.run(request).await, None),
        false => {
            (StatusCode::UNAUTHORIZED, "open the address that `groundline serve` printed\n").into_response()
        }
    }
}

fn finished(mut response: Response, cookie: Option<&str>) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
    if let Some(Ok(value)) =
        cookie.map(|cookie| format!("{cookie}; HttpOnly; SameSite=Strict; Path=/").parse())
    {
        headers.insert(header::SET_COOKIE, value);
    }
    response
}

async fn page() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], include_str!("page.html"))
}

async fn state(State(shown): State<Arc<Shown>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], shown.watched.look().to_string())
}

/// A file of a run, by names alone: nothing leads out of its folder.
async fn file(State(shown): State<Arc<Shown>>, At((run, name)): At<(String, String)>) -> Response {
    let is_plain = |name: &str| {
        !name.starts_with('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    let kind = match Path::new(&name).extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    let path = shown.watched.evidence().join(&run).join(&name);
    match (is_plain(&run) && is_plain(&name)).then(|| std::fs::read(path)) {
        Some(Ok(bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        _ => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
    }
}

/// The state whenever it changes, the first time at once.
async fn events(
    State(shown): State<Arc<Shown>>,
) -> Sse<impl Stream<Item = std::result::Result<Event, Infallible>>> {
    let changes = stream::unfold((shown, None::<String>), |(shown, last)| async move {
        loop {
            let now = shown.watched.look().to_string();
            if last.as_ref() != Some(&now) {
                return Some((Ok(Event::default().event("state").data(&now)), (shown, Some(now))));
            }
            tokio::time::sleep(LOOK).await;
        }
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}

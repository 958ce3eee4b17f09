//! The application's smoke test as the page shows it.

use crate::{AppSmoke, Log, Probe, Tone, duration, grouped};
use groundline_core::Digest;
use serde::Serialize;

/// The smoke test.
#[derive(Serialize)]
pub(super) struct AppView<'a> {
    command: &'a str,
    environment: &'a [String],
    exit: Option<&'a str>,
    probes: Vec<ProbeView<'a>>,
    log: Option<&'a Log>,
    /// Whether a request had no good answer, or none was made: then the log says more.
    silent: bool,
    /// How many lines of the log are shown, where it has more.
    cut: Option<usize>,
}

/// One request.
#[derive(Serialize)]
struct ProbeView<'a> {
    url: &'a str,
    tone: Tone,
    answer: String,
    time: String,
    size: Option<String>,
    start: Option<&'a str>,
    digest: Option<Digest>,
}

impl<'a> AppView<'a> {
    pub(super) fn new(app: &'a AppSmoke) -> Self {
        let shown = app.log.as_ref().map(|log| (log.tail.lines().count(), log.lines));
        Self {
            command: &app.command,
            environment: &app.environment,
            exit: app.exit.as_deref(),
            probes: app.probes().map(ProbeView::new).collect(),
            log: app.log.as_ref(),
            silent: app.probes().next().is_none() || app.probes().any(|probe| !probe.answered()),
            cut: shown.filter(|(shown, lines)| shown < lines).map(|(shown, _)| shown),
        }
    }
}

impl<'a> ProbeView<'a> {
    fn new(probe: &'a Probe) -> Self {
        let answer = match (probe.status, &probe.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error.clone(),
            (None, None) => "no answer".to_owned(),
        };
        let body = probe.body.as_ref();
        Self {
            url: &probe.url,
            tone: if probe.answered() { Tone::Good } else { Tone::Bad },
            answer,
            time: duration(probe.milliseconds),
            size: body.map(|body| grouped(body.bytes)),
            start: body.map(|body| body.start.as_str()),
            digest: body.map(|body| body.digest),
        }
    }
}

//! `groundline serve`: its pages, a run that is seen while it is under way, and what it keeps from others.

use crate::support::{Databases, project, start, told};
use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::time::Duration;

/// A server; it ends with the test.
struct Serving {
    child: Child,
    /// `127.0.0.1:port`.
    address: String,
    query: String,
    _temp: tempfile::TempDir,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    fn start(project: &str, listen: &str) -> Self {
        let temp = tempfile::tempdir().expect("a temporary folder");
        let mut child = start(temp.path(), &["serve", project, "--listen", listen]);
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its address");
        let (address, query) = line.trim().trim_start_matches("http://").split_once('/').expect("an address");
        let port = address.rsplit_once(':').expect("a port").1;
        Self { child, address: format!("127.0.0.1:{port}"), query: query.to_owned(), _temp: temp }
    }

    fn ask(&self, path: &str, header: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n")
            .expect("a request");
        stream
    }

    /// Status line, headers and body.
    fn get(&self, path: &str, header: &str) -> String {
        let mut text = Vec::new();
        self.ask(path, header).read_to_end(&mut text).expect("an answer");
        String::from_utf8_lossy(&text).into_owned()
    }
}

#[test]
fn pages_files_and_a_run_that_is_under_way() {
    let folder = project(&[
        ("migrations/1_t.up.sql", "CREATE TABLE t (id int);\nSELECT pg_sleep(1);\n"),
        ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
        ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n"),
    ]);
    let at = folder.path().display().to_string();
    let serving = Serving::start(&at, "127.0.0.1:0");
    assert!(serving.get("/", "").contains("new EventSource"));
    let events = BufReader::new(serving.ask("/events", ""));
    let mut states = events.lines().map_while(Result::ok).filter_map(|line| {
        let data = line.strip_prefix("data: ")?.to_owned();
        serde_json::from_str::<serde_json::Value>(&data).ok()
    });
    let first = states.next().expect("a state");
    assert_eq!((first["runs"].as_array().map(Vec::len), first["running"].is_null()), (Some(0), true));
    let checking = std::thread::spawn(move || told(std::path::Path::new(&at), &["check"], &[]));
    let (mut seen_under_way, mut done) = (false, serde_json::Value::Null);
    for state in states {
        seen_under_way |= state["running"]["steps"][0]["title"] == "History read";
        if state["runs"].as_array().is_some_and(|runs| runs.len() == 1) {
            done = state;
            break;
        }
    }
    assert!(seen_under_way);
    let (code, said) = checking.join().expect("it ends");
    assert_eq!(code, 0, "{said}");
    assert_eq!(done["runs"][0]["outcome"], "passed");
    let run = done["runs"][0]["run_id"].as_str().expect("an id").to_owned();
    let report = serving.get(&format!("/runs/{run}/report.html"), "");
    assert!(
        report.starts_with("HTTP/1.1 200") && report.contains("content-security-policy"),
        "{}",
        &report[..200]
    );
    for outside in [
        "/runs/../groundline.toml".to_owned(),
        "/runs/..%2f..%2f/groundline.toml".to_owned(),
        format!("/runs/{run}/..%2f..%2f..%2fgroundline.toml"),
        format!("/runs/{run}/.hidden"),
        "/runs/none/report.html".to_owned(),
    ] {
        assert!(serving.get(&outside, "").starts_with("HTTP/1.1 404"), "{outside}");
    }
}

#[test]
fn schemas_over_time_are_those_of_runs_and_of_looks_that_were_kept() {
    let folder = project(&[
        ("migrations/1_t.up.sql", "CREATE TABLE t (id int);\n"),
        ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
        ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n"),
    ]);
    let at = folder.path();
    let databases = Databases::start();
    let url = databases.make("kept", "");
    for (args, expected) in
        [(&["check"][..], 0), (&["upgrade", "--url", &url], 0), (&["drift", &url, "--keep"], 0)]
    {
        let (code, said) = told(at, args, &[]);
        assert_eq!(code, expected, "{args:?}: {said}");
    }
    databases.run(&url, "CREATE TABLE by_hand (id int)");
    let (code, said) = told(at, &["drift", &url, "--keep"], &[]);
    assert_eq!(code, 1, "{said}");
    let serving = Serving::start(&at.display().to_string(), "127.0.0.1:0");
    let answer = serving.get("/state.json", "");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let state: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let moments = state["history"].as_array().expect("a history");
    let facts: Vec<_> =
        moments.iter().map(|one| (&one["state"], &one["compared"], one["run"].is_null())).collect();
    let (none, drift, first, changed) = (json!("no drift"), json!("drift"), json!("first"), json!("changed"));
    let null = serde_json::Value::Null;
    assert_eq!(
        facts,
        [(&drift, &changed, true), (&none, &first, true), (&null, &first, false)],
        "{moments:?}"
    );
    assert_eq!(moments[0]["line"], "1 difference from 1 t");
    assert_eq!(moments[2]["of"], "head");
}

#[test]
fn elsewhere_than_on_this_machine_it_asks_for_its_token() {
    let folder = project(&[("groundline.toml", "")]);
    let serving = Serving::start(&folder.path().display().to_string(), "0.0.0.0:0");
    assert!(serving.query.starts_with("?token="), "{}", serving.query);
    assert!(serving.get("/", "").starts_with("HTTP/1.1 401"));
    assert!(serving.get("/state.json?token=guess", "").starts_with("HTTP/1.1 401"));
    let page = serving.get(&format!("/{}", serving.query), "");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let cookie = page.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
    let cookie = cookie.split(';').next().expect("a value");
    assert!(serving.get("/state.json", &format!("Cookie: {cookie}\r\n")).starts_with("HTTP/1.1 200"));
}

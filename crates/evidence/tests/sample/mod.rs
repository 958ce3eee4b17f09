//! Evidence of invented runs of an invented project. Used by the tests of the renderers and by the example.

mod drills;
mod existing;
pub mod head;
mod large;

pub use large::large;

use groundline_core::{Digest, Fault, Place, Position, ServerVersion};
use groundline_evidence::*;
use jiff::Timestamp;

/// Version, name, whether it runs in a transaction.
pub const REVISIONS: [(&str, &str, bool); 14] = [
    ("0001", "customers", true),
    ("0002", "products", true),
    ("0003", "orders", true),
    ("0004", "order_lines", true),
    ("0005", "order_status_enum", true),
    ("0006", "payments", true),
    ("0007", "order_note", true),
    ("0008", "touch_updated_at_trigger", true),
    ("0009", "order_totals_view", true),
    ("0010", "orders_placed_at_index", false),
    ("0011", "payment_status_refunded", false),
    ("0012", "split_customer_name", true),
    ("0013", "payments_amount_check_not_valid", true),
    ("0014", "validate_payments_amount_check", true),
];

/// Everything passed.
pub fn passed() -> Evidence {
    Evidence {
        steps: passed_steps(),
        drill: Some(drills::exact()),
        onboarding: Some(existing::kept()),
        app: Some(app()),
        head: Some(head::schema()),
        newest: Some(head::newest()),
        ..bare()
    }
}

/// A drill with findings, no snapshot and no application configured.
pub fn findings() -> Evidence {
    let why_app = "no [app] in groundline.toml";
    let mut evidence = passed();
    for step in &mut evidence.steps {
        match step.id.phase() {
            Phase::Onboarding => *step = Step::not_run(step.id, "no snapshot was given (--snapshot FILE)"),
            Phase::App => *step = Step::not_run(step.id, why_app),
            Phase::History | Phase::Contracts | Phase::Drill => {}
        }
    }
    let drill = drills::with_findings();
    let error = drill.revisions.iter().find_map(|one| one.error.clone()).into_iter().collect();
    let drilled =
        Step::failed(StepId::Drill, "9 of 14 revisions exact; 0007 and 0012 differ, 0009 stops", error);
    replace(&mut evidence.steps, &drilled.took(840, 1_190));
    let chain = Step::failed(StepId::Chain, "stopped after 5 of 14 revisions at 0009", Vec::new());
    replace(&mut evidence.steps, &chain.took(2_030, 96));
    evidence.server = Some(ServerFacts {
        version: ServerVersion::from_num(150_018),
        origin: "installed".into(),
        other_major: Some(OtherMajor {
            wanted: "17".parse().expect("a supported major"),
            reason: "15 was used because --allow-other-major was given".into(),
        }),
    });
    (evidence.drill, evidence.onboarding, evidence.app) = (Some(drill), None, None);
    evidence.add_excerpts(read);
    evidence
}

/// No server could be had: nothing but the history was read.
pub fn not_run() -> Evidence {
    let fault = Fault::new("there is no PostgreSQL to measure on")
        .why("none is installed, and none could be fetched: no network")
        .next("install one: apt-get install postgresql, or give a server with --server URL");
    let mut steps = vec![
        discovered(),
        Step::failed(StepId::Server, "no PostgreSQL 17 could be had", vec![fault]).took(3, 412),
    ];
    let later = StepId::ALL.iter().skip(2);
    steps.extend(later.map(|id| Step::not_run(*id, "it needs a server, and there is none")));
    Evidence { steps, server: None, ..bare() }
}

/// Every step failed.
pub fn failing() -> Evidence {
    let broken = |id: &StepId| {
        let fault = Fault::new(format!("{} did not work", id.title()))
            .at(Place::Object("table public.orders".into()))
            .why("it is broken\non two lines")
            .next("repair it");
        let note = Fault::new("it was like that before");
        Step::failed(*id, "nothing of it worked", vec![fault]).took(1, 2).noting([note])
    };
    let mut evidence = Evidence {
        steps: StepId::ALL.iter().map(broken).collect(),
        drill: Some(drills::failing()),
        onboarding: Some(existing::lost()),
        app: Some(AppSmoke {
            command: "./orders".into(),
            health: Some(Probe {
                url: "http://127.0.0.1:40123/health".into(),
                error: Some("connection refused for 10 s".into()),
                milliseconds: 10_000,
                ..Probe::default()
            }),
            exit: Some("exit status 101 after 20 ms".into()),
            log: Some(Log::of("app.log", &app_log())),
            ..AppSmoke::default()
        }),
        ..bare()
    };
    evidence.add_excerpts(read);
    evidence
}

/// What the invented application wrote.
pub fn app_log() -> String {
    let lines = [
        "2026-05-04T09:12:36Z  INFO orders: connecting to postgres://orders:hunter2@127.0.0.1:5432/orders",
        "2026-05-04T09:12:36Z  INFO orders: schema at 0014, as expected",
        "2026-05-04T09:12:36Z  INFO orders: listening on 127.0.0.1:40123",
        "2026-05-04T09:12:37Z  INFO orders: GET /health 200 1 ms",
        "2026-05-04T09:12:37Z  INFO orders: stopping",
    ];
    lines.join("\n") + "\n"
}

fn bare() -> Evidence {
    Evidence {
        schema_version: SCHEMA_VERSION,
        tool_version: "0.1.0".into(),
        run_id: "20260504-091234-7f3a".into(),
        started: timestamp("2026-05-04T09:12:34.120Z"),
        finished: timestamp("2026-05-04T09:12:37.960Z"),
        project: ProjectFacts {
            name: "orders-axum".into(),
            folder: "examples/orders-axum".into(),
            git: Some(GitFacts { commit: "5d41402abc4b2a76b9719d911017c592aa3f8d1e".into(), dirty: true }),
        },
        server: Some(ServerFacts {
            version: ServerVersion::from_num(170_006),
            origin: "installed".into(),
            other_major: None,
        }),
        history: Some(history()),
        steps: Vec::new(),
        drill: None,
        trace: Vec::new(),
        onboarding: None,
        app: None,
        scope: ScopeFacts::default(),
        head: None,
        newest: None,
        excerpts: Vec::new(),
        inputs: Default::default(),
        gate: None,
        previous: None,
    }
}

fn history() -> HistoryFacts {
    let file = |version: &str, name: &str, direction: &str, in_transaction| {
        let file = format!("{version}_{name}.{direction}.sql");
        FileFacts { digest: Digest::of(&file), file, in_transaction }
    };
    let revision = |(version, name, in_transaction): &(&str, &str, bool)| RevisionFacts {
        version: (*version).into(),
        name: (*name).into(),
        repeatable: false,
        up: file(version, name, "up", *in_transaction),
        down: match *version {
            "0011" => DownFacts::Irreversible("PostgreSQL can't drop an enum's value".into()),
            _ => DownFacts::Script(file(version, name, "down", *in_transaction)),
        },
    };
    HistoryFacts {
        layout: "sqlx".into(),
        folder: "migrations".into(),
        revisions: REVISIONS.iter().map(revision).collect(),
        notes: Vec::new(),
    }
}

fn discovered() -> Step {
    Step::passed(StepId::Discover, "14 revisions in migrations, layout sqlx, 27 files")
        .took(0, 3)
        .input("migrations", Digest::of("all of it"))
        .input("groundline.toml", Digest::of("[app]"))
}

fn passed_steps() -> Vec<Step> {
    let unmarked = Fault::new("CREATE INDEX CONCURRENTLY runs outside a transaction, and nothing says so")
        .at(Place::File {
            path: "migrations/0010_orders_placed_at_index.up.sql".into(),
            position: Some(Position { line: 1, column: 1 }),
        })
        .next("put -- no-transaction on the first line");
    let lines = [
        (StepId::Server, "PostgreSQL 17.6, installed, started in 212 ms", 3, 212),
        (StepId::Bootstrap, "14 of 14 revisions applied to an empty database, 47 objects", 215, 625),
        (StepId::Drill, "13 of 14 revisions exact, 1 declared irreversible", 840, 1_190),
        (StepId::Chain, "3 revisions down from head, to 0011, which is declared irreversible", 2_030, 96),
        (StepId::Lock, "14 revisions, 14 schemas on PostgreSQL 17.6", 2_126, 0),
        (StepId::Judged, "none of the revisions that are not locked", 2_126, 0),
        (StepId::SnapshotRestored, "9 tables, 12,480 rows from snapshot.sql", 2_126, 402),
        (StepId::SnapshotIdentified, "it is exactly 0011 payment_status_refunded", 2_528, 31),
        (StepId::SnapshotStamped, "11 rows in public._sqlx_migrations", 2_559, 8),
        (StepId::SnapshotMigrated, "3 revisions applied; its schema equals the one at head", 2_567, 88),
        (StepId::DataKept, "12,480 rows in 4 tables, none lost; 1 table with changed values", 2_655, 120),
        (StepId::AppStarts, "cargo run --bin orders listens on port 40123", 2_775, 640),
        (StepId::AppHealthy, "GET /health answers 200 in 2 ms", 3_415, 2),
        (StepId::AppReads, "3 of 3 URLs answer 200", 3_417, 21),
        (StepId::AppKeepsSchema, "the same fingerprint before and after", 3_438, 9),
    ];
    let step = |(id, line, started, took)| Step::passed(id, line).took(started, took);
    let mut steps = vec![discovered()];
    steps.extend(lines.map(step));
    replace(&mut steps, &step(lines[1]).noting([unmarked]));
    let restored = step(lines[5]).input("snapshot.sql", Digest::of("dump"));
    replace(&mut steps, &restored);
    steps
}

fn app() -> AppSmoke {
    let probe = |path: &str, milliseconds, body: &str| Probe {
        url: format!("http://127.0.0.1:40123{path}"),
        status: Some(200),
        milliseconds,
        body: Some(Body::of(body.as_bytes())),
        error: None,
    };
    AppSmoke {
        command: "cargo run --quiet --bin orders".into(),
        environment: vec!["DATABASE_URL".into(), "PORT".into()],
        health: Some(probe("/health", 2, r#"{"status":"ok","revision":"0014"}"#)),
        reads: vec![
            probe("/customers", 6, r#"[{"id":1,"given_name":"Ada","family_name":"Lovelace"}]"#),
            probe("/orders?limit=20", 9, r#"[{"id":1,"status":"paid","total":"19.90"}]"#),
            probe("/payments", 6, "[]"),
        ],
        log: Some(Log::of("app.log", &app_log())),
        exit: Some("stopped by SIGTERM after 40 ms".into()),
    }
}

fn read(path: &std::path::Path) -> Option<String> {
    let is_down = path.to_str()?.ends_with("0009_order_totals_view.down.sql");
    is_down.then(|| "-- The reports read it too.\n\nDROP VIEW order_totals;\n".to_owned())
}

fn replace(steps: &mut [Step], new: &Step) {
    for step in steps {
        if step.id == new.id {
            *step = new.clone();
        }
    }
}

fn timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

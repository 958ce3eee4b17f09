//! After a run that failed, or that is regretted: the way to go on, from the facts, by a tree that is data.
//! Out: gathering the facts (`cli`), doing it. Called by the command `decide`, and by its page, which is made from the tree.

use serde::Serialize;
use std::fmt::Write as _;

/// What is known of a run and its database.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    /// Whether there was a run at all.
    pub ran: bool,
    /// Whether the run ended with an error.
    pub failed: bool,
    /// Whether the application that runs now works with the schema as it is.
    pub app_works: bool,
    /// Whether a revision is half-done: statements outside a transaction are committed, others are not.
    pub unfinished: bool,
    /// The revisions that the run committed.
    pub committed: Vec<String>,
    /// The statements of these that lose data.
    pub lost: Vec<String>,
    /// Whether the downs of these restore the schema, measured on a shadow.
    pub downs_restore: bool,
    /// The statements of these downs that lose data.
    pub downs_lose: Vec<String>,
    /// Whether rows were written since the run.
    pub written_since: bool,
    /// The verified backup of the schema that was before the run.
    pub backup: Option<BackupFacts>,
    /// Whether the log is archived, so that any moment can be restored.
    pub point_in_time: bool,
}

/// A verified backup.
#[derive(Clone, Debug, Serialize)]
pub struct BackupFacts {
    /// Its id.
    pub id: String,
    /// Its age in seconds.
    pub age_seconds: i64,
    /// How long its trial restore took, in milliseconds.
    pub restore_milliseconds: u64,
    /// Whether it is the data folder of the whole server, which can't be restored into one that runs.
    pub physical: bool,
}

/// What follows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Another question.
    Ask(&'static str),
    /// A way.
    Take(&'static str),
}

/// A question of the tree.
pub struct Question {
    /// Its name.
    pub id: &'static str,
    /// What is asked.
    pub text: &'static str,
    /// The answer by the facts.
    pub answer: fn(&Facts) -> bool,
    /// What follows a yes.
    pub yes: Next,
    /// What follows a no.
    pub no: Next,
}

/// A way to go on.
#[derive(Debug, Serialize)]
pub struct Way {
    /// Its name.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Why it is the one.
    pub why: &'static str,
    /// The commands, in order; `{backup}` and `{count}` are filled in.
    pub commands: &'static [&'static str],
    /// What is lost by it.
    pub loses: &'static str,
}

/// The questions; the first is where the tree begins.
pub const QUESTIONS: &[Question] = &[
    Question {
        id: "ran",
        text: "Is there a run in the journal?",
        answer: |facts| facts.ran,
        yes: Next::Ask("unfinished"),
        no: Next::Take("nothing"),
    },
    Question {
        id: "unfinished",
        text: "Is a revision half-done, by statements outside a transaction?",
        answer: |facts| facts.unfinished,
        yes: Next::Take("resume"),
        no: Next::Ask("committed"),
    },
    Question {
        id: "committed",
        text: "Did the run commit a revision?",
        answer: |facts| !facts.committed.is_empty(),
        yes: Next::Ask("app"),
        no: Next::Ask("failed"),
    },
    Question {
        id: "failed",
        text: "Did it end with an error?",
        answer: |facts| facts.failed,
        yes: Next::Take("retry"),
        no: Next::Take("nothing"),
    },
    Question {
        id: "app",
        text: "Does the application that runs now work with the schema as it is?",
        answer: |facts| facts.app_works,
        yes: Next::Take("roll-forward"),
        no: Next::Ask("lost"),
    },
    Question {
        id: "lost",
        text: "Did a committed statement lose data?",
        answer: |facts| !facts.lost.is_empty(),
        yes: Next::Ask("backup"),
        no: Next::Ask("downs"),
    },
    Question {
        id: "downs",
        text: "Do the downs restore the schema, as measured on a shadow?",
        answer: |facts| facts.downs_restore,
        yes: Next::Ask("downs-lose"),
        no: Next::Take("roll-forward"),
    },
    Question {
        id: "downs-lose",
        text: "Would the downs lose rows that were written since?",
        answer: |facts| facts.written_since && !facts.downs_lose.is_empty(),
        yes: Next::Take("downgrade-with-loss"),
        no: Next::Take("downgrade"),
    },
    Question {
        id: "backup",
        text: "Is there a verified backup of the schema before the run?",
        answer: |facts| facts.backup.is_some(),
        yes: Next::Ask("whole"),
        no: Next::Ask("log"),
    },
    Question {
        id: "whole",
        text: "Is that backup one of the whole server?",
        answer: |facts| facts.backup.as_ref().is_some_and(|backup| backup.physical),
        yes: Next::Take("restore-server"),
        no: Next::Ask("written"),
    },
    Question {
        id: "written",
        text: "Was anything written since the run?",
        answer: |facts| facts.written_since,
        yes: Next::Take("restore-beside"),
        no: Next::Take("restore"),
    },
    Question {
        id: "log",
        text: "Is the log archived, so that a moment can be restored?",
        answer: |facts| facts.point_in_time,
        yes: Next::Take("point-in-time"),
        no: Next::Take("forward-without-data"),
    },
];

/// The ways.
pub const WAYS: &[Way] = &[
    Way {
        id: "nothing",
        title: "Nothing to decide",
        why: "no run changed this database and failed",
        commands: &["groundline current"],
        loses: "nothing",
    },
    Way {
        id: "resume",
        title: "Resume",
        why: "a revision is half-done; the journal knows at which statement it stopped, and the next run goes on there",
        commands: &["groundline repair", "groundline upgrade"],
        loses: "nothing",
    },
    Way {
        id: "retry",
        title: "Put the cause right, and run it again",
        why: "what failed was in a transaction, and nothing of it is there",
        commands: &["groundline upgrade --dry-run", "groundline upgrade"],
        loses: "nothing",
    },
    Way {
        id: "roll-forward",
        title: "Roll forward",
        why: "a new revision corrects what is there; nothing that was written has to be given up",
        commands: &[
            "groundline revision -m \"correct …\"",
            "groundline lock",
            "groundline check",
            "groundline upgrade",
        ],
        loses: "nothing; the schema is as it is until the new revision is there",
    },
    Way {
        id: "downgrade",
        title: "Downgrade",
        why: "the application does not work with the schema, no data was lost on the way up, and the downs restore the schema before",
        commands: &["groundline downgrade -{count} --dry-run", "groundline downgrade -{count}"],
        loses: "what the revisions made, which holds nothing that was written since",
    },
    Way {
        id: "downgrade-with-loss",
        title: "Downgrade, and lose what was written into what is dropped",
        why: "the downs restore the schema, and drop what rows were written into since: a person decides between these rows and rolling forward",
        commands: &[
            "groundline backup",
            "groundline downgrade -{count} --dry-run",
            "groundline downgrade -{count} --approve DIGEST",
        ],
        loses: "the values that were written since into the tables and columns that the downs drop; the backup keeps them",
    },
    Way {
        id: "restore",
        title: "Restore the backup in place",
        why: "data was lost, nothing was written since, and the backup has it",
        commands: &["groundline restore {backup} --to \"$DATABASE_URL\" --replace NAME"],
        loses: "nothing: the database that is replaced is kept under another name",
    },
    Way {
        id: "restore-beside",
        title: "Restore the backup beside, and bring back what was lost",
        why: "data was lost, and other rows were written since, which a restore in place would give up",
        commands: &[
            "groundline restore {backup} --to URL_OF_A_NEW_DATABASE",
            "groundline revision -m \"bring back …\"",
            "groundline upgrade",
        ],
        loses: "what changed between the backup and the run in what was lost",
    },
    Way {
        id: "restore-server",
        title: "Start the backup of the whole server beside, and bring back what was lost",
        why: "data was lost, and the backup that has it is of the whole server, with all its databases",
        commands: &[
            "groundline restore {backup} --to-folder DIR",
            "# start PostgreSQL on DIR, on another port than the server's",
            "groundline revision -m \"bring back …\"",
            "groundline upgrade",
        ],
        loses: "what changed between the backup and the run in what was lost",
    },
    Way {
        id: "point-in-time",
        title: "Restore the moment before the run, beside",
        why: "data was lost, no verified backup has it, and the archived log does",
        commands: &[
            "# restore with your archive's own tool to a new server, recovery_target_time = the time at which the run began",
            "groundline diff URL_OF_IT \"$DATABASE_URL\"",
            "groundline revision -m \"bring back …\"",
        ],
        loses: "nothing of what the archive has",
    },
    Way {
        id: "forward-without-data",
        title: "Roll forward without the data",
        why: "data was lost, and neither a verified backup nor an archived log has it",
        commands: &[
            "groundline revision -m \"correct …\"",
            "groundline lock",
            "groundline check",
            "groundline upgrade",
        ],
        loses: "the data of these statements; older backups, replicas that lag and logical copies are worth a look before",
    },
];

/// A question that was asked, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The question.
    pub question: &'static str,
    /// The answer.
    pub answer: bool,
}

/// The way for some facts, and the questions that led to it.
///
/// # Panics
/// Never: a test walks every path of the tree.
#[expect(clippy::expect_used, reason = "a test walks every path of the tree")]
pub fn decide(facts: &Facts) -> (&'static Way, Vec<Asked>) {
    let mut path = Vec::new();
    let mut question = &QUESTIONS[0];
    loop {
        let answer = (question.answer)(facts);
        path.push(Asked { question: question.text, answer });
        match if answer { question.yes } else { question.no } {
            Next::Ask(id) => {
                question = QUESTIONS.iter().find(|one| one.id == id).expect("a question of the tree");
            }
            Next::Take(id) => {
                return (WAYS.iter().find(|way| way.id == id).expect("a way of the tree"), path);
            }
        }
    }
}

/// The tree as a page with a diagram in Mermaid.
pub fn page() -> String {
    let mut text = String::from(
        "# What to do after a run that failed, or that is regretted\n\nMade from the tree that `groundline decide` walks, \
         which takes the answers from the journal, the folder, a shadow and the backups.\n\n```mermaid\nflowchart TD\n",
    );
    // Writing to a string does not fail.
    for question in QUESTIONS {
        let _ = writeln!(text, "    {}{{\"{}\"}}", question.id, question.text);
    }
    for way in WAYS {
        let _ = writeln!(text, "    way-{}[\"{}\"]", way.id, way.title);
    }
    for question in QUESTIONS {
        for (word, next) in [("yes", question.yes), ("no", question.no)] {
            let target = match next {
                Next::Ask(id) => id.to_owned(),
                Next::Take(id) => format!("way-{id}"),
            };
            let _ = writeln!(text, "    {} -->|{word}| {target}", question.id);
        }
    }
    text.push_str("```\n");
    for way in WAYS {
        let _ = write!(
            text,
            "\n## {}\n\n{}.\n\n```sh\n{}\n```\n\nLost: {}.\n",
            way.title,
            capital(way.why),
            way.commands.join("\n"),
            way.loses
        );
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_ends_and_every_way_is_reached() {
        fn walk(next: Next, depth: usize, reached: &mut Vec<&'static str>) {
            assert!(depth < QUESTIONS.len() + 1, "the tree has a circle");
            match next {
                Next::Ask(id) => {
                    let question =
                        QUESTIONS.iter().find(|one| one.id == id).unwrap_or_else(|| panic!("{id}"));
                    walk(question.yes, depth + 1, reached);
                    walk(question.no, depth + 1, reached);
                }
                Next::Take(id) => {
                    assert!(WAYS.iter().any(|way| way.id == id), "{id}");
                    reached.push(id);
                }
            }
        }
        let mut reached = Vec::new();
        walk(Next::Ask(QUESTIONS[0].id), 0, &mut reached);
        for way in WAYS {
            assert!(reached.contains(&way.id), "{}", way.id);
        }
    }
}

//! One look at a database after the other, on one connection: what it should be, and what it is.
//! Out: which revisions are expected (`expected`), and when it is looked (`mod`, `watch`).
//! Called by the command `drift`.

use super::expected::{self, Revisions};
use super::without_server;
use crate::args::DriftArgs;
use crate::drill;
use crate::operand::{Loaded, Loader, Operand, comparable};
use crate::settings::Project;
use groundline_catalog::Snapshot;
use groundline_core::{Result, scrub};
use groundline_evidence::{Compared, DriftReport, DriftState, Expected, KnownBy, SchemaBy};
use groundline_migrate::history::History;
use groundline_pg::client::{self, Client};
use groundline_pg::dialect::Dialect;
use groundline_pg::introspect::{Excluded, Reader};
use groundline_pg::stage;
use groundline_pg::standing::{self, Standing};

/// What one look saw.
pub struct Seen {
    pub report: DriftReport,
    pub compared: Option<Compared>,
}

/// Looks at one database.
pub struct Looker<'a> {
    args: &'a DriftArgs,
    project: &'a Project,
    against: Option<Operand>,
    session: Option<Session>,
    known: Option<Known>,
}

/// A connection and what was read on it.
struct Session {
    client: Client,
    reader: Reader,
}

/// An expectation, kept as long as the history table says the same.
struct Known {
    applied: Option<Vec<String>>,
    revisions: Option<Revisions>,
    schema: Loaded,
}

impl<'a> Looker<'a> {
    /// Reads what the arguments name, but no database.
    pub fn new(args: &'a DriftArgs, project: &'a Project) -> Result<Self> {
        let against = args.against.as_deref().map(Operand::parse).transpose()?;
        Ok(Self { args, project, against, session: None, known: None })
    }

    /// Whether there is a connection.
    pub fn is_connected(&self) -> bool {
        self.session.as_ref().is_some_and(|session| !session.client.is_closed())
    }

    /// Looks once. A fault: the database can't be read, or what to expect is not known.
    pub async fn look(&mut self) -> Result<Seen> {
        match self.against.clone() {
            Some(operand) => self.look_against(&operand).await,
            None => self.look_by_history().await,
        }
    }

    async fn look_against(&mut self, operand: &Operand) -> Result<Seen> {
        let standing = self.stand(&[]).await?;
        let known = match self.known.take() {
            Some(known) => known,
            None => {
                let mut loader = self.loader(&standing.schema);
                let schema = loader.load(operand).await;
                loader.finish().await?;
                Known { applied: None, revisions: None, schema: schema? }
            }
        };
        let actual = self.actual(standing.schema);
        self.known.insert(known).compare(&actual, Vec::new())
    }

    async fn look_by_history(&mut self) -> Result<Seen> {
        let history = drill::history(self.project)?;
        let standing = self.stand(&stage::dialects_of(&history)).await?;
        let recorded = standing.history.as_ref();
        let failed = recorded.map(|recorded| recorded.failed.clone()).unwrap_or_default();
        let applied = recorded.map(|recorded| recorded.applied.clone());
        if self.args.revision.is_none() && !failed.is_empty() && applied.as_ref().is_some_and(Vec::is_empty) {
            return Ok(nothing_but_failed(failed));
        }
        let major = standing.schema.server.major();
        let is_valid =
            |known: &Known| known.applied == applied && known.schema.schema.server.major() == major;
        let known = match self.known.take().filter(is_valid) {
            Some(known) => known,
            None => {
                let mut loader = self.loader(&standing.schema);
                let known = self.expect(&mut loader, &history, &standing).await;
                loader.finish().await?;
                known?
            }
        };
        let actual = self.actual(standing.schema);
        self.known.insert(known).compare(&actual, failed)
    }

    /// The database as it is now, read on the connection that there is, or on a new one.
    async fn stand(&mut self, dialects: &[&'static dyn Dialect]) -> Result<Standing> {
        let session = match self.session.take().filter(|session| !session.client.is_closed()) {
            Some(session) => session,
            None => {
                let excluded = Excluded::outside(self.project.scope(self.args.scope.profile));
                let client = client::connect(&self.args.url).await?;
                Session { client, reader: Reader::through_poolers(excluded) }
            }
        };
        let session = self.session.insert(session);
        let dialects = std::future::ready(Ok((dialects.to_vec(), ())));
        standing::look(&session.client, &mut session.reader, dialects).await.map(|(standing, ())| standing)
    }

    /// Its shadow server, if it starts one, is of the database's major.
    fn loader(&self, actual: &Snapshot) -> Loader<'a> {
        let scope = self.project.scope(self.args.scope.profile);
        let mut loader = Loader::new(self.project, &self.args.server, scope);
        loader.match_major(actual);
        loader
    }

    fn actual(&self, schema: Snapshot) -> Loaded {
        Loaded::alone(scrub(&self.args.url), schema)
    }

    /// The expected schema: from the lock where that has it, else played on a shadow.
    async fn expect(&self, loader: &mut Loader<'_>, history: &History, standing: &Standing) -> Result<Known> {
        let recorded = standing.history.as_ref();
        let mut revisions = match &self.args.revision {
            Some(version) => expected::up_to(history, version)?,
            None => expected::recorded(history, recorded)?,
        };
        let scope = self.project.scope(self.args.scope.profile);
        let locked = without_server::expected(history, &revisions.applied, &standing.schema, &scope)?;
        let (schema, schema_by) = match locked {
            Some(found) => found,
            None => (loader.replay(self.project, history, &revisions.applied).await?, SchemaBy::Replay),
        };
        revisions.expected.schema_by = Some(schema_by);
        let name = revisions.expected.words();
        let applied = recorded.map(|recorded| recorded.applied.clone());
        Ok(Known { applied, schema: Loaded::alone(name, schema), revisions: Some(revisions) })
    }
}

impl Known {
    fn compare(&self, actual: &Loaded, failed: Vec<String>) -> Result<Seen> {
        comparable(&self.schema, actual)?;
        let compared =
            Compared::new((&self.schema.name, &self.schema.schema), (&actual.name, &actual.schema))?;
        let state = match (failed.is_empty(), compared.data().equal) {
            (false, _) => DriftState::Dirty,
            (true, true) => DriftState::None,
            (true, false) => DriftState::Drift,
        };
        let against = || Expected::new(None, self.schema.name.clone(), KnownBy::Against);
        let revisions = self.revisions.as_ref();
        let versions = |of: fn(&Revisions) -> &Vec<String>| revisions.map(of).cloned().unwrap_or_default();
        let report = DriftReport {
            expected: Some(revisions.map_or_else(against, |revisions| revisions.expected.clone())),
            pending: versions(|revisions| &revisions.pending),
            skipped: versions(|revisions| &revisions.skipped),
            failed,
            comparison: Some(compared.data().clone()),
            ..DriftReport::new(state)
        };
        Ok(Seen { report, compared: Some(compared) })
    }
}

/// A history table that says of one revision that it failed, and of none that it is applied.
fn nothing_but_failed(failed: Vec<String>) -> Seen {
    let report = DriftReport { failed, ..DriftReport::new(DriftState::Dirty) };
    Seen { report, compared: None }
}

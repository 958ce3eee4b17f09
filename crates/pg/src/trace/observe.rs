//! What the server's catalogs and statistics say of one session: its locks, the files of relations, scans, rows, WAL.
//! Out: running statements (the module above). Called by it alone.
//! Sources: PostgreSQL manual, 54.12 "pg_locks", 28.2 "The Cumulative Statistics System" (`pg_stat_xact_all_tables`).

use super::Traced;
use crate::client::{Client, OrFault};
use crate::server::Database;
use groundline_core::{LockMode, Result};
use groundline_lint::Effects;
use groundline_sql::operation::Name;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinHandle;
use tokio_postgres::Statement;

/// User relations with their files.
const RELATIONS: &str = "SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, \
    coalesce(pg_relation_filenode(c.oid), 0)::oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
    AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'";

/// What a session holds on relations of the current database, with their files and counters now.
const HELD: &str = "SELECT l.relation, l.mode, coalesce(pg_relation_filenode(c.oid), 0)::oid, \
    coalesce(pg_stat_get_xact_numscans(c.oid), 0), \
    coalesce(pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid) \
      + pg_stat_get_xact_tuples_deleted(c.oid), 0), (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint \
    FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation \
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted \
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// What the session's counters say already: they are cleared when they are reported, not when a transaction ends.
const COUNTED: &str = "SELECT 0::oid, 0::bigint, (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint UNION ALL \
    SELECT relid, seq_scan, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables \
    WHERE seq_scan > 0 OR n_tup_ins + n_tup_upd + n_tup_del > 0";

/// A relation as it was before the script.
#[derive(Clone, Debug)]
struct Relation {
    name: Name,
    kind: char,
    file: u32,
}

impl Relation {
    /// Whether the lint speaks of it: indexes and sequences go with their tables.
    fn counts(&self) -> bool {
        !matches!(self.kind, 'i' | 'I' | 'S')
    }

    /// Whether it has rows of its own.
    fn stores(&self) -> bool {
        matches!(self.kind, 'r' | 'm')
    }
}

/// Follows one session through a script.
pub(super) struct Observer {
    backend: i32,
    list: Statement,
    counted: Statement,
    locks: Statement,
    /// Relations that were there before the script, with their files as they are now.
    relations: HashMap<u32, Relation>,
    /// What the transaction holds since earlier statements.
    held: BTreeSet<(u32, LockMode)>,
    scans: HashMap<u32, i64>,
    rows: HashMap<u32, i64>,
    wal: u64,
}

impl Observer {
    pub(super) async fn open(client: &Client) -> Result<Self> {
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await.fault()?;
        Ok(Self {
            backend: row.get(0),
            list: client.prepare(RELATIONS).await.fault()?,
            counted: client.prepare(COUNTED).await.fault()?,
            locks: client.prepare(HELD).await.fault()?,
            relations: HashMap::new(),
            held: BTreeSet::new(),
            scans: HashMap::new(),
            rows: HashMap::new(),
            wal: 0,
        })
    }

    /// A script begins: what is there now was there before it.
    pub(super) async fn begin_script(&mut self, client: &Client) -> Result<()> {
        self.relations.clear();
        for row in client.query(&self.list, &[]).await.fault()? {
            let name = Name { schema: Some(row.get(1)), name: row.get(2) };
            let kind = row.get::<_, String>(3).chars().next().unwrap_or('r');
            self.relations.insert(row.get(0), Relation { name, kind, file: row.get(4) });
        }
        Ok(())
    }

    pub(super) fn backend(&self) -> i32 {
        self.backend
    }

    pub(super) fn relations(&self) -> Vec<u32> {
        self.relations.keys().copied().collect()
    }

    /// A transaction began, or a statement outside of any is about to run.
    pub(super) async fn begin(&mut self, client: &Client) -> Result<()> {
        self.held.clear();
        self.scans.clear();
        self.rows.clear();
        for row in client.query(&self.counted, &[]).await.fault()? {
            match row.get::<_, u32>(0) {
                0 => self.wal = bytes(row.get(2)),
                relation => {
                    self.scans.insert(relation, row.get(1));
                    self.rows.insert(relation, row.get(2));
                }
            }
        }
        Ok(())
    }

    /// What the last statement of an open transaction did.
    pub(super) async fn look(&mut self, client: &Client) -> Result<Traced> {
        let mut seen = Traced { seen: true, held: self.effects_of(&self.held), ..Traced::default() };
        let mut locked: BTreeMap<u32, LockMode> = BTreeMap::new();
        let mut now = self.wal;
        for row in client.query(&self.locks, &[]).await.fault()? {
            now = bytes(row.get(5));
            let (oid, mode): (u32, String) = (row.get(0), row.get(1));
            let (file, scans, rows): (u32, i64, i64) = (row.get(2), row.get(3), row.get(4));
            let Some(mode) = LockMode::read(&mode) else { continue };
            let strongest = locked.entry(oid).or_insert(mode);
            *strongest = (*strongest).max(mode);
            let written = rows - self.rows.insert(oid, rows).unwrap_or(0);
            let Some(relation) = self.relations.get_mut(&oid) else { continue };
            if self.held.insert((oid, mode)) && relation.counts() {
                seen.effects.lock(relation.name.clone(), mode);
            }
            if file != 0 && file != relation.file && relation.stores() {
                seen.effects.rewrites.insert(relation.name.clone());
            }
            if file != 0 {
                relation.file = file;
            }
            let before = self.scans.insert(oid, scans).unwrap_or(0);
            if scans > before && relation.stores() {
                seen.effects.scans.insert(relation.name.clone());
            }
            seen.rows += u64::try_from(written).unwrap_or(0);
        }
        self.only_under_locks(&mut seen.effects, &locked);
        seen.wal_bytes = now.saturating_sub(std::mem::replace(&mut self.wal, now));
        Ok(seen)
    }

    /// What a statement outside of any transaction did, with the locks that were sampled.
    pub(super) async fn after(
        &mut self,
        client: &Client,
        sampled: BTreeSet<(u32, LockMode)>,
    ) -> Result<Traced> {
        let effects = self.effects_of(&sampled);
        let mut seen = Traced { seen: !effects.locks.is_empty(), effects, ..Traced::default() };
        for row in client.query(&self.list, &[]).await.fault()? {
            let (oid, file): (u32, u32) = (row.get(0), row.get(4));
            let Some(relation) = self.relations.get_mut(&oid) else { continue };
            if file != relation.file && relation.stores() {
                seen.effects.rewrites.insert(relation.name.clone());
                seen.effects.lock(relation.name.clone(), LockMode::AccessExclusive);
            }
            relation.file = file;
        }
        let row = client.query(&self.counted, &[]).await.fault()?;
        let now = row.iter().find(|row| row.get::<_, u32>(0) == 0).map_or(self.wal, |row| bytes(row.get(2)));
        seen.wal_bytes = now.saturating_sub(std::mem::replace(&mut self.wal, now));
        Ok(seen)
    }

    fn effects_of(&self, locks: &BTreeSet<(u32, LockMode)>) -> Effects {
        let mut effects = Effects::default();
        for (oid, mode) in locks {
            if let Some(relation) = self.relations.get(oid).filter(|relation| relation.counts()) {
                effects.lock(relation.name.clone(), *mode);
            }
        }
        effects
    }

    /// A scan that only reads is no effect: what counts is that others wait meanwhile.
    fn only_under_locks(&self, effects: &mut Effects, locked: &BTreeMap<u32, LockMode>) {
        let strong = locked.iter().filter(|(_, mode)| **mode >= LockMode::ShareUpdateExclusive);
        let names: BTreeSet<_> =
            strong.filter_map(|(oid, _)| self.relations.get(oid)).map(|relation| &relation.name).collect();
        effects.scans.retain(|name| names.contains(name));
    }
}

fn bytes(of: i64) -> u64 {
    u64::try_from(of).unwrap_or(0)
}

/// Looks at the locks of a session from another one, until it is stopped.
pub(super) struct Sampler {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Result<BTreeSet<(u32, LockMode)>>>,
}

impl Sampler {
    pub(super) async fn start(database: &Database, backend: i32, relations: Vec<u32>) -> Result<Self> {
        let client = database.connect().await?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let query = "SELECT relation, mode FROM pg_locks WHERE pid = $1 AND locktype = 'relation' AND granted \
                         AND relation = ANY ($2)";
            let prepared = client.prepare(query).await.fault()?;
            let mut seen = BTreeSet::new();
            while !stopped.load(Ordering::Relaxed) {
                for row in client.query(&prepared, &[&backend, &relations]).await.fault()? {
                    if let Some(mode) = LockMode::read(row.get(1)) {
                        seen.insert((row.get(0), mode));
                    }
                }
            }
            client.close().await;
            Ok(seen)
        });
        Ok(Self { stop, task })
    }

    pub(super) async fn stop(self) -> Result<BTreeSet<(u32, LockMode)>> {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap_or_else(|_| Ok(BTreeSet::new()))
    }
}

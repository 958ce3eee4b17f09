//! Which statement of a history made a part of a schema what it is: measured, by playing the revision that did
//! it statement by statement and reading the schema after each.
//! Out: finding the nearest revision (`onboard`).
//! Called by the command `identify`.

use crate::run::Prepared;
use crate::stage::{Play, Stage};
use groundline_catalog::{Change, Difference, ObjectId, Snapshot};
use groundline_core::{Place, Result};
use groundline_migrate::history::Revision;
use groundline_migrate::outcome::{Nearest, SchemaEffect, SchemaOrigin};
use groundline_sql::Group;

/// Tells where the differences of a nearest revision come from: the last change up to that revision of what
/// differs; for what only the database has, the next revision that makes it, or the one that dropped it. `yields`
/// are the schemas after each revision, with the empty database first.
pub async fn blame(play: &Play<'_>, nearest: &mut Nearest, yields: &[(String, Snapshot)]) -> Result<()> {
    let at = yields.iter().position(|(id, _)| *id == nearest.version).unwrap_or(0);
    let suspects = nearest.differences.iter().map(|difference| suspect(difference, at, yields));
    let mut suspects: Vec<Option<Suspect<'_>>> = suspects.collect();
    let last = suspects.iter().flatten().map(|suspect| suspect.at).max().unwrap_or(0);
    let mut stage = Stage::open(play, "blame").await?;
    for (at, revision) in play.history.revisions.iter().enumerate().take(last) {
        // The schema at 0 is that of the empty database.
        let mut here: Vec<_> = suspects.iter_mut().flatten().filter(|suspect| suspect.at == at + 1).collect();
        match here.is_empty() {
            true => {
                let played = stage.upgrade(std::slice::from_ref(revision), &|_| ()).await;
                played.map_err(|(_, fault)| fault)?;
            }
            false => step_by_step(play, &mut stage, revision, &mut here).await?,
        }
    }
    stage.close().await?;
    let origin = |suspect: Suspect<'_>| {
        let place = suspect.place?;
        Some(SchemaOrigin { revision: yields[suspect.at].0.clone(), effect: suspect.effect, place })
    };
    nearest.origins = suspects.into_iter().map(|suspect| suspect.and_then(origin)).collect();
    Ok(())
}

/// A revision that changed a part of the schema; the statement is found later.
struct Suspect<'a> {
    part: Part<'a>,
    /// Its place among the schemas.
    at: usize,
    effect: SchemaEffect,
    /// What the part was after the last statement that was looked at.
    seen: Option<String>,
    /// The last statement that changed it.
    place: Option<Place>,
}

impl Suspect<'_> {
    /// Keeps the place, if the part is not any more what it was.
    fn see(&mut self, schema: &Snapshot, place: &Place) {
        let state = self.part.state(schema);
        if state != self.seen {
            (self.seen, self.place) = (state, Some(place.clone()));
        }
    }
}

fn suspect<'a>(
    difference: &'a Difference,
    nearest: usize,
    yields: &[(String, Snapshot)],
) -> Option<Suspect<'a>> {
    let part = Part::of(difference);
    let states: Vec<Option<String>> = yields.iter().map(|(_, schema)| part.state(schema)).collect();
    let changes = |at: &usize| states[*at] != states[*at - 1];
    let back = (1..=nearest).rev().find(changes);
    let on = (nearest + 1..states.len()).find(changes);
    let at = match difference.change {
        Change::Added => on.or(back)?,
        _ => back?,
    };
    let effect = match (&states[at - 1], &states[at]) {
        (None, _) => SchemaEffect::Made,
        (_, None) => SchemaEffect::Dropped,
        _ => SchemaEffect::Changed,
    };
    Some(Suspect { part, at, effect, seen: states[at - 1].clone(), place: None })
}

/// A part of a schema that can be followed through a history.
enum Part<'a> {
    Object(&'a ObjectId),
    Property(&'a ObjectId, &'a str),
    ColumnOrder(&'a ObjectId),
}

impl<'a> Part<'a> {
    fn of(difference: &'a Difference) -> Self {
        match &difference.change {
            Change::Added | Change::Removed => Part::Object(&difference.object),
            Change::Changed { property, .. } => Part::Property(&difference.object, property),
            Change::ColumnOrder { .. } => Part::ColumnOrder(&difference.object),
        }
    }

    /// What it is in a schema; nothing where its object is not there.
    fn state(&self, schema: &Snapshot) -> Option<String> {
        match self {
            Part::Object(id) => schema.objects.get(*id).map(|_| String::new()),
            Part::Property(id, property) => {
                let object = schema.objects.get(*id)?;
                Some(object.properties.get(*property).map_or_else(String::new, |value| format!("={value}")))
            }
            Part::ColumnOrder(table) => {
                schema.objects.get(*table)?;
                let columns =
                    schema.objects.iter().filter(|(_, object)| object.parent.as_ref() == Some(*table));
                Some(columns.map(|(id, object)| format!("{:?} {}\n", object.order, id.identity)).collect())
            }
        }
    }
}

/// Plays a revision's up and looks after each statement.
async fn step_by_step(
    play: &Play<'_>,
    stage: &mut Stage<'_>,
    revision: &Revision,
    suspects: &mut [&mut Suspect<'_>],
) -> Result<()> {
    if stage.alembic.is_some() {
        stage.upgrade(std::slice::from_ref(revision), &|_| ()).await.map_err(|(_, fault)| fault)?;
        let schema = stage.read().await?;
        // Alembic runs a revision as a whole: its function is as near as can be told.
        let function = revision.up.sql().find("def upgrade").unwrap_or(0);
        let place = revision.up.place(&play.history.folder, function);
        suspects.iter_mut().for_each(|suspect| suspect.see(&schema, &place));
        return Ok(());
    }
    let up = Prepared::new(play.history, &revision.up);
    for group in up.groups() {
        match group {
            Group::Alone(statement) => look(&up, stage, *statement, suspects).await?,
            Group::Together(range) => {
                stage.execute("BEGIN").await?;
                for statement in range.clone() {
                    look(&up, stage, statement, suspects).await?;
                }
                stage.execute("COMMIT").await?;
            }
            // It leaves nothing.
            Group::RolledBack(_) => {}
        }
    }
    stage.execute(&play.record(revision)?).await?;
    stage.reset_session().await
}

async fn look(
    up: &Prepared<'_>,
    stage: &mut Stage<'_>,
    statement: usize,
    suspects: &mut [&mut Suspect<'_>],
) -> Result<()> {
    up.send_one(&stage.client, statement).await?;
    let schema = stage.read().await?;
    let place = up.place_of(statement);
    suspects.iter_mut().for_each(|suspect| suspect.see(&schema, &place));
    Ok(())
}

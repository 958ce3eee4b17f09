//! One script judged: statement by statement, each against the schema that the ones before it left.
//! Out: the rules, suppressing comments (`suppression`). Called by `lint`, `trace` and `plan`.

use crate::context::{Context, Flow, Found};
use crate::effect::{self, Effects};
use crate::finding::Finding;
use crate::policy::Policies;
use crate::precheck::{self, Precheck};
use crate::rules::RULES;
use crate::schema::Schema;
use crate::suppression::{self, Suppressed};
use groundline_core::{LockMode, Major, Span};
use groundline_sql::Script;
use groundline_sql::operation::{Name, Operation};
use jiff::civil::Date;

/// How to judge.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'p> {
    /// The server's major.
    pub major: Major,
    /// The tool wraps the whole file in one transaction.
    pub wrapped: bool,
    /// The day on which suppressions are looked at.
    pub today: Date,
    /// What the team asks for.
    pub policies: &'p Policies,
    /// Whether the revision has a down, or says why there is none; nothing where the script is no revision.
    pub has_down: Option<bool>,
}

/// What was found in one script.
#[derive(Debug)]
pub struct Verdict {
    /// What each statement does, in their order.
    pub statements: Vec<Judged>,
    /// Findings in the order of the text.
    pub findings: Vec<Finding>,
    /// Questions to a live database, of rows that would stop a statement.
    pub prechecks: Vec<Precheck>,
    /// Findings that a comment allows, and until when.
    pub suppressed: Vec<Suppressed>,
}

impl Verdict {
    /// Schemas beside `public` in which unqualified names of the script are found: whoever runs it has them on the
    /// search path.
    pub fn schemas(&self) -> Vec<String> {
        let relations = self.statements.iter().flat_map(|judged| judged.effects.locks.keys());
        let mut schemas: Vec<String> = relations.filter_map(|name| name.schema.clone()).collect();
        schemas.retain(|schema| schema != "public");
        schemas.sort();
        schemas.dedup();
        schemas
    }
}

/// One statement.
#[derive(Debug)]
pub struct Judged {
    /// Where it is.
    pub span: Span,
    /// What it does to relations that were there before the script.
    pub effects: Effects,
    /// Whether its text says all that it does.
    pub opaque: bool,
}

/// Judges a script on a schema, which is afterwards as the script leaves it.
pub fn judge(text: &str, schema: &mut Schema, settings: Settings<'_>) -> Verdict {
    let script = Script::parse(text);
    let flow = Flow::of(&script, text, settings.wrapped);
    let mut findings = Vec::new();
    let mut statements = Vec::new();
    let mut prechecks = Vec::new();
    let mut held: Vec<(Option<usize>, Name, LockMode)> = Vec::new();
    for (index, (statement, operation)) in script.statements.iter().zip(&flow.operations).enumerate() {
        let (effects, parts) = effect::of(operation, schema, settings.major);
        let transaction = flow.transactions[index];
        held.retain(|(of, ..)| transaction.is_some() && *of == transaction);
        let locks: Vec<(Name, LockMode)> = held.iter().map(|(_, name, mode)| (name.clone(), *mode)).collect();
        let context = Context {
            schema,
            operation,
            effects: &effects,
            parts: &parts,
            major: settings.major,
            index,
            span: statement.span,
            text: &text[statement.span.range()],
            flow: &flow,
            policies: settings.policies,
            has_down: settings.has_down,
            held: &locks,
        };
        for rule in RULES {
            let found = &mut Found { rule, index, span: statement.span, findings: &mut findings };
            (rule.check)(&context, found);
        }
        prechecks.extend(precheck::prechecks(operation, schema, settings.major, (index, statement.span)));
        let blocking = effects.locks.iter().filter(|(_, mode)| mode.blocks_writes());
        held.extend(blocking.map(|(name, mode)| (transaction, name.clone(), *mode)));
        schema.apply(operation, transaction.unwrap_or(usize::MAX - index));
        let opaque = is_opaque(operation);
        statements.push(Judged { span: statement.span, effects, opaque });
    }
    forget_created(schema);
    findings.sort_by_key(|finding| (finding.span.start, std::cmp::Reverse(finding.severity)));
    let (findings, suppressed) = suppression::apply(&script, text, findings, settings.today);
    Verdict { statements, findings, prechecks, suppressed }
}

fn is_opaque(operation: &Operation) -> bool {
    use Operation as O;
    matches!(operation, O::Do | O::Select | O::Runs | O::Unread | O::Other)
}

/// What a script made is there for the next one.
fn forget_created(schema: &mut Schema) {
    for relation in schema.relations.values_mut() {
        relation.created = false;
        relation.constraints.values_mut().for_each(|constraint| constraint.added_in = None);
        relation.columns.values_mut().for_each(|column| {
            column.created = false;
            column.given = None;
        });
    }
    schema.created_types.clear();
    schema.renamed_types.clear();
    schema.created_enums.clear();
    schema.enums.values_mut().for_each(Vec::clear);
}

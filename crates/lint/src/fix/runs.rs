//! A script taken apart and put together: statements with the space and comments around them, in runs that share a
//! transaction. Out: what is to be done (the module above). Called by it.

use super::{Fix, Next, Part};
use groundline_core::Span;
use groundline_sql::operation::{Operation, TableAction};
use groundline_sql::{Group, Script, StatementKind, TransactionControl};

/// Whether statements of a script can change places: all of it is SQL, and its own transactions are plain.
pub(super) fn can_move(text: &str) -> bool {
    let script = Script::parse(text);
    let plain = script.statements.iter().all(|statement| match statement.kind {
        StatementKind::Ordinary | StatementKind::OutsideTransaction(_) => true,
        StatementKind::Transaction(TransactionControl::Begin | TransactionControl::Commit) => {
            text[statement.span.range()].split_whitespace().count() <= 2
        }
        _ => false,
    });
    let count = |control| {
        script.statements.iter().filter(|one| one.kind == StatementKind::Transaction(control)).count()
    };
    let balanced = count(TransactionControl::Begin) == count(TransactionControl::Commit);
    plain && balanced && !script.groups(true).iter().any(|group| matches!(group, Group::RolledBack(_)))
}

/// A text with some places written anew.
pub(super) fn edited<'f>(text: &str, fixes: impl Iterator<Item = &'f Fix>) -> String {
    let mut edits: Vec<&(Span, String)> = fixes.flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|(span, _)| span.start);
    let (mut new, mut at) = (String::with_capacity(text.len()), 0);
    for (span, written) in edits {
        new.push_str(&text[at..span.start]);
        new.push_str(written);
        at = span.end;
    }
    new.push_str(&text[at..]);
    new
}

/// The parts of a script whose statements get these fixes.
pub(super) fn apart(text: &str, fixes: &[Vec<Fix>]) -> Vec<Part> {
    let script = Script::parse(text);
    let operations = script.operations(text);
    let groups = script.groups(true);
    let group_of =
        |index: usize| groups.iter().position(|group| script.members(group).any(|member| member == index));
    let mut runs = Runs::default();
    let mut last = None;
    for (index, statement) in script.statements.iter().enumerate() {
        let around = Around::of(text, &script, index);
        if matches!(statement.kind, StatementKind::Transaction(_)) {
            runs.keep(around.lead, &around.after);
            continue;
        }
        let group = group_of(index);
        if group != last {
            runs.flush();
            last = group;
        }
        let alone = matches!(statement.kind, StatementKind::OutsideTransaction(_))
            && matches!(group.map(|group| &groups[group]), Some(Group::Alone(_)));
        let of = fixes.get(index).map_or(&[][..], Vec::as_slice);
        if of.iter().any(|fix| fix.cut) {
            runs.flush();
        }
        let sql = written(text, statement.span, &operations[index], of);
        runs.statement(&around, sql, alone);
        of.iter().flat_map(|fix| &fix.next).for_each(|next| runs.next(next));
    }
    runs.finish()
}

/// A statement after its edits; none where nothing of it is left.
fn written(text: &str, span: Span, operation: &Operation, fixes: &[Fix]) -> Option<String> {
    let edit_of = |part: Span| fixes.iter().flat_map(|fix| &fix.edits).find(|(at, _)| *at == part);
    if let Some((_, whole)) = edit_of(span) {
        return Some(whole.clone()).filter(|whole| !whole.is_empty());
    }
    let Operation::AlterTable { actions, .. } = operation else { return Some(within(text, span, fixes)) };
    let Some((first, _)) = actions.first() else { return Some(within(text, span, fixes)) };
    let (mut new, mut kept) = (text[span.start..first.start].to_owned(), 0);
    let mut end = first.start;
    for (at, _) in actions {
        let action = match edit_of(*at) {
            Some((_, action)) => action.clone(),
            None => within(text, *at, fixes),
        };
        if !action.is_empty() {
            new.push_str(if kept > 0 { &text[end..at.start] } else { "" });
            new.push_str(&action);
            kept += 1;
        }
        end = at.end;
    }
    new.push_str(&text[end..span.end]);
    (kept > 0).then_some(new)
}

/// A part of the text with the edits that lie in it.
fn within(text: &str, span: Span, fixes: &[Fix]) -> String {
    let mut edits: Vec<_> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.retain(|(at, _)| at.start >= span.start && at.end <= span.end);
    edits.sort_by_key(|(at, _)| at.start);
    let (mut new, mut at) = (String::new(), span.start);
    for (place, written) in edits {
        new.push_str(&text[at..place.start]);
        new.push_str(written);
        at = place.end;
    }
    new + &text[at..span.end]
}

/// What stands around a statement.
struct Around<'t> {
    /// Space and comments before it.
    lead: &'t str,
    /// Its semicolon and the rest of its line.
    after: String,
}

impl<'t> Around<'t> {
    fn of(text: &'t str, script: &Script, index: usize) -> Self {
        let start = match index {
            0 => 0,
            _ => end(text, script, index - 1),
        };
        let span = script.statements[index].span;
        let end = end(text, script, index);
        let after = text[span.end..end].trim_start().trim_start_matches(';');
        let is_last = index + 1 == script.statements.len();
        let mut after = format!(";{after}");
        if is_last {
            after.push_str(&text[end..]);
        }
        if !after.ends_with('\n') {
            after.push('\n');
        }
        Self { lead: &text[start..span.start], after }
    }
}

/// Where what belongs to a statement ends: after its semicolon, and after a comment on the same line.
fn end(text: &str, script: &Script, index: usize) -> usize {
    let from = script.statements[index].span.end;
    let to = script.statements.get(index + 1).map_or(text.len(), |next| next.span.start);
    let between = &text[from..to];
    let Some(semicolon) = between.find(';') else { return from };
    let rest = &between[semicolon + 1..];
    let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let is_comment = rest[..line].trim_start().starts_with("--") || rest[..line].trim().is_empty();
    from + semicolon + 1 + if is_comment { line } else { 0 }
}

/// Parts in the making.
#[derive(Default)]
struct Runs {
    parts: Vec<Part>,
    /// The part that is being filled.
    together: String,
    /// Comments of statements that went.
    kept: String,
    /// What comes once all else is done.
    later: Vec<String>,
}

impl Runs {
    /// Keeps comments for what comes next.
    fn keep(&mut self, lead: &str, after: &str) {
        for text in [lead, after.trim_start_matches(';')] {
            if !text.trim().is_empty() {
                self.kept.push_str(text);
            }
        }
    }

    fn statement(&mut self, around: &Around<'_>, sql: Option<String>, alone: bool) {
        let Some(sql) = sql else { return self.keep(around.lead, &around.after) };
        let kept = std::mem::take(&mut self.kept);
        let text = format!("{kept}{}{sql}{}", around.lead, around.after);
        match alone {
            true => self.push_alone(&text),
            false => self.together.push_str(&text),
        }
    }

    fn next(&mut self, next: &Next) {
        match next {
            Next::Apart(sql) => {
                let kept = std::mem::take(&mut self.kept);
                self.push_alone(&format!("{kept}{sql};\n"));
            }
            Next::Together(sql) => {
                let kept = std::mem::take(&mut self.kept);
                self.together.push_str(&format!("{kept}{sql};\n"));
            }
            Next::Later(sql) => self.later.push(sql.clone()),
            Next::Cut => self.flush(),
        }
    }

    fn push_alone(&mut self, text: &str) {
        self.flush();
        self.push(text, false);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.together);
        self.push(&text, true);
    }

    fn push(&mut self, text: &str, in_transaction: bool) {
        if text.trim().is_empty() {
            return;
        }
        let text = text.trim_start_matches(['\n', '\r']).to_owned();
        let title = if self.parts.is_empty() { None } else { Some(title(&text)) };
        self.parts.push(Part { text, in_transaction, title });
    }

    fn finish(mut self) -> Vec<Part> {
        self.flush();
        let kept = std::mem::take(&mut self.kept);
        let later: Vec<String> = std::mem::take(&mut self.later);
        let later: String = scans_first(later).iter().map(|sql| format!("{sql};\n")).collect();
        self.push(&format!("{kept}{later}"), true);
        self.parts
    }
}

/// What reads tables under a weak lock, before what locks them against readers: such a lock is held until the end.
pub(super) fn scans_first(statements: Vec<String>) -> Vec<String> {
    let (mut scans, rest): (Vec<String>, Vec<String>) =
        statements.into_iter().partition(|sql| sql.contains("VALIDATE CONSTRAINT "));
    scans.extend(rest);
    scans
}

/// What a part is, by its first statement.
fn title(text: &str) -> String {
    let script = Script::parse(text);
    let first = script.operations(text).into_iter().next();
    let validates = |action: &TableAction| matches!(action, TableAction::ValidateConstraint { .. });
    match first {
        Some(Operation::CreateIndex(index)) => match index.name {
            Some(name) => format!("index {name}"),
            None => format!("index on {}", index.table.name),
        },
        Some(Operation::DropIndex { names, .. }) => {
            format!("drop index {}", names.first().map_or("", |name| name.name.as_str()))
        }
        Some(Operation::Reindex { .. }) => "reindex".to_owned(),
        Some(Operation::AlterTable { actions, .. })
            if actions.iter().all(|(_, action)| validates(action)) =>
        {
            "validate".to_owned()
        }
        Some(Operation::AlterTable { table, .. }) => format!("alter {}", table.name),
        Some(Operation::Update { table, .. }) => format!("update {}", table.name),
        Some(Operation::Delete { table, .. }) => format!("delete {}", table.name),
        Some(Operation::Insert { table, .. }) => format!("insert {}", table.name),
        _ => "rest".to_owned(),
    }
}

//! A tree of differences as lines with a depth, a sign and text: what a terminal and markdown draw alike.
//! Out: colours and fences (`text`, `markdown`).

use super::fold::{Item, fold, likeness, shown};
use super::tree::{Group, Node, Sign, Tree};
use crate::Tone;
use crate::describe::{count, one_line, printable};
use crate::values::{Extent, Part, lines, marked};
use groundline_catalog::{Change, ObjectKind};

/// Characters of two values and their property that stand in one line.
const ONE_LINE: usize = 64;

/// How a tree is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Drawing {
    /// Whether everything is shown.
    pub all: bool,
    /// Whether `→` can be shown.
    pub unicode: bool,
}

/// One line.
pub(crate) struct Line {
    pub depth: usize,
    pub sign: &'static str,
    pub tone: Option<Tone>,
    pub role: Role,
    /// Its text in parts: whether each is to stand out.
    pub parts: Vec<Part>,
    /// What is said of it besides, quietly.
    pub aside: Option<String>,
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A schema.
    Heading,
    /// An object, or a property of it.
    Entry,
    /// A line of a value: its blanks count.
    Value,
    /// One side of a value of one line.
    Side,
    /// What is left out.
    Quiet,
}

/// The lines of a tree.
pub(crate) fn draw(tree: &Tree, drawing: Drawing) -> Vec<Line> {
    let shown = if drawing.all { None } else { shown(tree.len()) };
    let mut pen = Pen { lines: Vec::new(), drawing, shown };
    tree.groups.iter().for_each(|group| pen.group(group));
    pen.lines
}

struct Pen {
    lines: Vec<Line>,
    drawing: Drawing,
    shown: Option<usize>,
}

impl Pen {
    fn group(&mut self, group: &Group) {
        let (own, others) = match group.nodes.split_first() {
            Some((own, others)) if own.object.kind == ObjectKind::Schema => (Some(own), others),
            _ => (None, &group.nodes[..]),
        };
        match own {
            Some(own) => {
                self.node(0, own);
                if let Some(line) = self.lines.iter_mut().rev().find(|line| line.depth == 0) {
                    line.role = Role::Heading;
                }
            }
            None => {
                let schema = group.schema.as_ref().map(|schema| format!("schema {}", one_line(schema)));
                let title = schema.unwrap_or_else(|| "in no schema".to_owned());
                self.push(0, " ", None, Role::Heading, vec![(title, false)]);
            }
        }
        self.nodes(1, others);
    }

    fn nodes(&mut self, depth: usize, nodes: &[Node]) {
        for item in fold(nodes, self.shown) {
            match item {
                Item::Node(node) => self.node(depth, node),
                Item::More(node, number) => self.more(depth, node, number),
            }
        }
    }

    fn node(&mut self, depth: usize, node: &Node) {
        let mut text = format!("{} {}", node.object.kind, one_line(&node.name));
        let single = match (&node.changes[..], &node.parts[..]) {
            ([change], []) => self.in_one_line(change),
            _ => None,
        };
        if let Some(change) = &single {
            text.push_str(&format!(": {change}"));
        }
        self.push(depth, node.sign.text(), Some(node.sign.tone()), Role::Entry, vec![(text, false)]);
        let along = node.along.iter().filter(|(kind, _)| {
            // A constraint's index is the constraint.
            (node.object.kind, **kind) != (ObjectKind::Constraint, ObjectKind::Index)
        });
        let along: Vec<String> = along.map(|(kind, number)| count(*number, kind.word())).collect();
        let aside: Vec<String> = node.detail.iter().cloned().chain(along).collect();
        if let Some(line) = self.lines.last_mut().filter(|_| !aside.is_empty()) {
            line.aside = Some(aside.join(", "));
        }
        if single.is_none() {
            node.changes.iter().for_each(|change| self.change(depth + 1, change));
        }
        self.nodes(depth + 1, &node.parts);
    }

    /// A change whose values are short enough to stand beside each other.
    fn in_one_line(&self, change: &Change) -> Option<String> {
        let Change::Changed { property, before, after } = change else { return None };
        let values = [before, after].map(|value| value.as_deref().unwrap_or("(none)"));
        let length: usize = values.iter().map(|value| value.chars().count()).sum();
        let has_lines = values.iter().any(|value| value.contains('\n'));
        let arrow = if self.drawing.unicode { "→" } else { "->" };
        let [before, after] = values.map(one_line);
        (!has_lines && length + property.chars().count() <= ONE_LINE)
            .then(|| format!("{} {before} {arrow} {after}", one_line(property)))
    }

    fn change(&mut self, depth: usize, change: &Change) {
        let entry = |text: String| vec![(text, false)];
        if let Some(text) = self.in_one_line(change) {
            return self.push(depth, "~", Some(Tone::Notice), Role::Entry, entry(text));
        }
        let (property, before, after) = match change {
            Change::Changed { property, before, after } => {
                (one_line(property), before.clone(), after.clone())
            }
            Change::ColumnOrder { before, after } => {
                ("column order".to_owned(), Some(before.join(", ")), Some(after.join(", ")))
            }
            Change::Added | Change::Removed => return,
        };
        self.push(depth, "~", Some(Tone::Notice), Role::Entry, entry(property));
        let compared = lines(before.as_deref(), after.as_deref(), self.extent());
        for line in &compared {
            let sign = if line.sign == "−" { "-" } else { line.sign };
            let (sign, role) = if line.gap { (" ", Role::Quiet) } else { (sign, Role::Value) };
            let text = if line.gap { format!("({})", line.text) } else { printable(&line.text) };
            self.push(depth + 1, sign, line.tone, role, entry(text));
        }
        if compared.is_empty() {
            let whole = |value: Option<String>| value.map(|value| one_line(&value));
            let (before, after) = marked(whole(before).as_deref(), whole(after).as_deref(), self.extent());
            for (sign, tone, value) in [("-", Tone::Bad, before), ("+", Tone::Good, after)] {
                let value = value.unwrap_or_else(|| vec![("(none)".to_owned(), false)]);
                self.push(depth + 1, sign, Some(tone), Role::Side, value);
            }
        }
    }

    fn more(&mut self, depth: usize, like: &Node, number: usize) {
        let kind = like.object.kind.word();
        let words = likeness(like);
        let alike = if words.is_empty() { String::new() } else { format!(" alike ({})", words.join(", ")) };
        let text = format!("and {}{alike}: --all shows them", count(number, &format!("more {kind}")));
        let tone = Some(like.sign.tone());
        self.push(depth, like.sign.text(), tone, Role::Quiet, vec![(text, false)]);
    }

    fn push(&mut self, depth: usize, sign: &'static str, tone: Option<Tone>, role: Role, parts: Vec<Part>) {
        self.lines.push(Line { depth, sign, tone, role, parts, aside: None });
    }

    fn extent(&self) -> Extent {
        match self.drawing.all {
            true => Extent { characters: usize::MAX, lines: usize::MAX, rest: "" },
            false => Extent { characters: 400, lines: 40, rest: "--all shows them" },
        }
    }
}

impl Sign {
    fn tone(self) -> Tone {
        match self {
            Sign::Added => Tone::Good,
            Sign::Removed => Tone::Bad,
            Sign::Changed | Sign::Within => Tone::Notice,
        }
    }
}

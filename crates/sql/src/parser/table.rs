//! ALTER TABLE, CREATE TABLE and constraints, read from their syntax.
//! Out: other statements (`statement`). Called by `statement`.

use super::tree::{
    child, children, expression, has, name, named, relation, says, says_within, sql_type, text, word,
};
use crate::operation::{
    Column, Constraint, ConstraintKind, Generated, Name, NewTable, Operation, SqlType, TableAction,
};
use groundline_core::Span;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

pub(super) fn alter_table(statement: &ast::AlterTable) -> Operation {
    let node = statement.syntax();
    let Some(target) = child::<ast::TableRelationName>(node) else { return Operation::AllInTablespace };
    let actions = children::<ast::AlterTableAction>(node);
    let located = |action: ast::AlterTableAction| {
        let range = action.syntax().text_range();
        (Span::new(range.start().into(), range.end().into()), table_action(&action))
    };
    Operation::AlterTable {
        table: relation(target.syntax()),
        only: says(target.syntax(), SyntaxKind::ONLY_KW),
        actions: actions.map(located).collect(),
    }
}

fn table_action(action: &ast::AlterTableAction) -> TableAction {
    use ast::AlterTableAction as A;
    let node = action.syntax();
    let cascade = has_cascade(node);
    match action {
        A::AddColumn(_) => TableAction::AddColumn {
            column: Box::new(column(node)),
            if_not_exists: has::<ast::IfNotExists>(node),
        },
        A::DropColumn(_) => TableAction::DropColumn { column: word::<ast::ColumnNameRef>(node), cascade },
        A::RenameColumn(_) => TableAction::RenameColumn {
            column: word::<ast::ColumnNameRef>(node),
            to: word::<ast::ColumnName>(node),
        },
        A::TableRenameTo(_) => TableAction::RenameTable { to: word::<ast::TableName>(node) },
        A::RenameConstraint(_) => TableAction::RenameConstraint {
            name: word::<ast::ConstraintNameRef>(node),
            to: word::<ast::ConstraintName>(node),
        },
        A::SetSchema(_) => TableAction::SetSchema,
        A::AlterColumn(_) => alter_column(node),
        A::AddConstraint(_) => {
            match child::<ast::Constraint>(node).and_then(|found| constraint(&found, "")) {
                Some(added) => TableAction::AddConstraint(Box::new(added)),
                None => TableAction::Other,
            }
        }
        A::DropConstraint(_) => {
            TableAction::DropConstraint { name: word::<ast::ConstraintNameRef>(node), cascade }
        }
        A::AlterConstraint(_) => TableAction::AlterConstraint { name: word::<ast::ConstraintNameRef>(node) },
        A::ValidateConstraint(_) => {
            TableAction::ValidateConstraint { name: word::<ast::ConstraintNameRef>(node) }
        }
        A::AttachPartition(_) => TableAction::Attach {
            partition: table_named(node),
            default: node.descendants().any(|part| ast::PartitionDefault::can_cast(part.kind())),
            bound: child::<ast::PartitionType>(node).map(|bound| text(bound.syntax())).unwrap_or_default(),
        },
        A::DetachPartition(_) => TableAction::Detach {
            partition: table_named(node),
            concurrently: says_within(node, SyntaxKind::CONCURRENTLY_KW),
            finalize: says_within(node, SyntaxKind::FINALIZE_KW),
        },
        A::InheritTable(_) => TableAction::Inherit { parent: table_named(node) },
        A::NoInheritTable(_) => TableAction::NoInherit { parent: table_named(node) },
        A::SetTablespace(_) => TableAction::SetTablespace { tablespace: last_word(node) },
        A::SetAccessMethod(_) => TableAction::SetAccessMethod { method: last_word(node) },
        A::SetOptions(_) | A::ResetOptions(_) => {
            TableAction::SetOptions { toast: text(node).to_lowercase().contains("toast.") }
        }
        other => plain(other),
    }
}

/// Actions that are told by their sort alone.
fn plain(action: &ast::AlterTableAction) -> TableAction {
    use ast::AlterTableAction as A;
    match action {
        A::EnableTrigger(_) | A::EnableAlwaysTrigger(_) | A::EnableReplicaTrigger(_) => {
            TableAction::EnableTrigger
        }
        A::DisableTrigger(_) => TableAction::DisableTrigger,
        A::EnableRls(_) => TableAction::EnableRowSecurity,
        A::DisableRls(_) => TableAction::DisableRowSecurity,
        A::ForceRls(_) | A::NoForceRls(_) => TableAction::ForceRowSecurity,
        A::EnableRule(_) | A::DisableRule(_) | A::EnableAlwaysRule(_) | A::EnableReplicaRule(_) => {
            TableAction::EnableOrDisableRule
        }
        A::SetLogged(_) => TableAction::SetLogged,
        A::SetUnlogged(_) => TableAction::SetUnlogged,
        A::ReplicaIdentity(_) => TableAction::ReplicaIdentity,
        A::ClusterOn(_) | A::SetWithoutCluster(_) => TableAction::ClusterOn,
        A::OwnerTo(_) => TableAction::Owner,
        _ => TableAction::Other,
    }
}

fn table_named(node: &SyntaxNode) -> Name {
    named::<ast::TableNameRef>(node).unwrap_or_else(|| name(node))
}

fn last_word(node: &SyntaxNode) -> String {
    let written = text(node);
    Name::read(written.rsplit(char::is_whitespace).next().unwrap_or_default()).name
}

pub(super) fn has_cascade(node: &SyntaxNode) -> bool {
    child::<ast::DropBehavior>(node).is_some_and(|behavior| matches!(behavior, ast::DropBehavior::Cascade(_)))
}

fn alter_column(node: &SyntaxNode) -> TableAction {
    use ast::AlterColumnOption as O;
    let column = word::<ast::ColumnNameRef>(node);
    let Some(option) = child::<O>(node) else { return TableAction::Other };
    let inner = option.syntax();
    match option {
        O::SetType(_) => TableAction::SetType {
            using: computed(inner, &column),
            column,
            kind: sql_type(inner),
            collation: named::<ast::Collate>(inner).map(|_| {
                let collate = child::<ast::Collate>(inner);
                collate.map(|found| word::<ast::CollationRef>(found.syntax())).unwrap_or_default()
            }),
        },
        O::SetNotNull(_) => TableAction::SetNotNull { column },
        O::DropNotNull(_) => TableAction::DropNotNull { column },
        O::SetDefault(_) => TableAction::SetDefault { column, expression: expression(inner) },
        O::DropDefault(_) => TableAction::DropDefault { column },
        O::AddGenerated(_) => TableAction::AddIdentity { column },
        O::DropIdentity(_) => TableAction::DropIdentity { column },
        O::SetGenerated(_) | O::SetGeneratedOptions(_) | O::SetSequenceOption(_) => {
            TableAction::SetGenerated { column }
        }
        O::Restart(_) => TableAction::RestartIdentity { column },
        O::DropExpression(_) => TableAction::DropExpression { column },
        O::SetExpression(_) => TableAction::SetExpression { column },
        O::SetStatistics(_) => TableAction::SetStatistics,
        O::SetOptions(_) | O::ResetOptions(_) | O::SetOptionsList(_) => TableAction::SetColumnOptions,
        O::SetStorage(_) => TableAction::SetStorage,
        O::SetCompression(_) => TableAction::SetCompression,
        O::Inherit(_) | O::NoInherit(_) => TableAction::Other,
    }
}

/// What the USING of a change of type says, if it is more than the column: alone, or as a time of the new type, is what
/// is done without it.
fn computed(option: &SyntaxNode, column: &str) -> Option<String> {
    let using = child::<ast::UsingExpr>(option)?;
    let written = expression(using.syntax()).text;
    let bare = written.trim_matches(['(', ')']);
    let is_column = |text: &str| Name::read(text.trim()).name == column;
    let is_said_already = match bare.split_once("::") {
        None => is_column(bare),
        Some((from, to)) => {
            let (to, kind) = (SqlType::read(to), sql_type(option));
            is_column(from) && to == kind && kind.base.starts_with("timestamp")
        }
    };
    (!is_said_already).then_some(written)
}

fn column(node: &SyntaxNode) -> Column {
    let name = word::<ast::ColumnName>(node);
    let mut column = Column {
        kind: sql_type(node),
        kind_at: child::<ast::Type>(node).map(|kind| trimmed(kind.syntax())),
        default: None,
        not_null: false,
        generated: None,
        constraints: Vec::new(),
        name,
    };
    for each in children::<ast::Constraint>(node) {
        match &each {
            ast::Constraint::DefaultConstraint(default) => {
                column.default = Some(expression(default.syntax()));
            }
            ast::Constraint::NotNullConstraint(_) => column.not_null = true,
            ast::Constraint::NullConstraint(_) => {}
            ast::Constraint::GeneratedConstraint(generated) => {
                column.generated = Some(how_generated(generated.syntax()));
                column.not_null |= column.generated == Some(Generated::Identity);
            }
            _ => column.constraints.extend(constraint(&each, &column.name)),
        }
    }
    column
}

/// Where a node is, without the space around it.
fn trimmed(node: &SyntaxNode) -> Span {
    let (start, written) = (usize::from(node.text_range().start()), node.text().to_string());
    let from = start + written.len() - written.trim_start().len();
    Span::new(from, from + written.trim().len())
}

fn how_generated(node: &SyntaxNode) -> Generated {
    if node.descendants().any(|part| ast::GeneratedIdentity::can_cast(part.kind())) {
        return Generated::Identity;
    }
    match says_within(node, SyntaxKind::STORED_KW) {
        true => Generated::Stored,
        false => Generated::Virtual,
    }
}

/// What stands behind PARTITION BY.
fn partition_key(by: &str) -> String {
    let words = by.split_whitespace().skip(2).collect::<Vec<_>>();
    words.join(" ")
}

/// ON DELETE CASCADE; a key that is changed takes no row along.
fn deletes_cascade(constraint: &SyntaxNode) -> bool {
    let on_delete = constraint.descendants().find_map(ast::OnDeleteAction::cast);
    on_delete.is_some_and(|action| says_within(action.syntax(), SyntaxKind::CASCADE_KW))
}

/// A constraint; `column` is the one that it is written with.
pub(super) fn constraint(written: &ast::Constraint, column: &str) -> Option<Constraint> {
    use ast::Constraint as C;
    let node = written.syntax();
    let own = || if column.is_empty() { Vec::new() } else { vec![column.to_owned()] };
    let columns = |node: &SyntaxNode| {
        let listed = node.descendants().find_map(ast::ConstraintColumnRefList::cast);
        let names = listed.map(|list| words::<ast::ColumnNameRef>(list.syntax()));
        names.unwrap_or_else(own)
    };
    let index = || {
        let used = child::<ast::UsingIndexName>(node)?;
        named::<ast::IndexRef>(used.syntax()).map(|name| name.name)
    };
    let kind = match written {
        C::CheckConstraint(_) => ConstraintKind::Check { expression: expression(node).text },
        C::NotNullConstraint(_) => ConstraintKind::NotNull { column: word::<ast::ColumnNameRef>(node) },
        C::UniqueConstraint(_) => ConstraintKind::Unique { columns: columns(node), index: index() },
        C::PrimaryKeyConstraint(_) => ConstraintKind::Primary { columns: columns(node), index: index() },
        C::ExcludeConstraint(_) => ConstraintKind::Exclude,
        C::ForeignKeyConstraint(_) => ConstraintKind::Foreign {
            columns: child::<ast::ForeignKeyColumnList>(node)
                .map(|list| words::<ast::ColumnNameRef>(list.syntax()))
                .unwrap_or_default(),
            table: table_named(node),
            to: children::<ast::ForeignKeyColumnList>(node)
                .nth(1)
                .map(|list| words::<ast::ColumnNameRef>(list.syntax()))
                .unwrap_or_default(),
            cascades: deletes_cascade(node),
        },
        C::ReferencesConstraint(_) => ConstraintKind::Foreign {
            columns: own(),
            table: table_named(node),
            to: words::<ast::ColumnNameRef>(node),
            cascades: deletes_cascade(node),
        },
        C::DefaultConstraint(_) | C::NullConstraint(_) | C::GeneratedConstraint(_) => return None,
    };
    let clause = child::<ast::ConstraintNameClause>(node);
    Some(Constraint {
        name: clause.map(|clause| word::<ast::ConstraintName>(clause.syntax())),
        kind,
        not_valid: node.descendants().any(|part| ast::NotValid::can_cast(part.kind())),
        not_enforced: node.descendants().any(|part| ast::NotEnforced::can_cast(part.kind())),
    })
}

fn words<N: AstNode>(node: &SyntaxNode) -> Vec<String> {
    children::<N>(node).map(|part| name(part.syntax()).name).collect()
}

pub(super) fn create_table(statement: &ast::CreateTable) -> Operation {
    let node = statement.syntax();
    let mut table = NewTable {
        name: named::<ast::TableName>(node).unwrap_or_else(|| Name::read("")),
        if_not_exists: has::<ast::IfNotExists>(node),
        temporary: is_temporary(node),
        columns: Vec::new(),
        constraints: Vec::new(),
        partition_of: child::<ast::PartitionOf>(node).map(|of| table_named(of.syntax())),
        default_partition: node.children().any(|part| ast::PartitionDefault::can_cast(part.kind())),
        partition_bound: child::<ast::PartitionType>(node).map(|bound| text(bound.syntax())),
        partition_key: child::<ast::PartitionBy>(node).map(|by| partition_key(&text(by.syntax()))),
        inherits: child::<ast::Inherits>(node)
            .map(|list| super::tree::names::<ast::TableNameRef>(list.syntax()))
            .unwrap_or_default(),
        like: has::<ast::OfType>(node),
    };
    let arguments = child::<ast::TableArgList>(node);
    for argument in arguments.iter().flat_map(|list| children::<ast::TableArg>(list.syntax())) {
        match &argument {
            ast::TableArg::Column(column) => table.columns.push(self::column(column.syntax())),
            ast::TableArg::LikeClause(_) => table.like = true,
            ast::TableArg::TableConstraint(found) => {
                let found = ast::Constraint::cast(found.syntax().clone());
                table.constraints.extend(found.and_then(|found| constraint(&found, "")));
            }
        }
    }
    Operation::CreateTable(Box::new(table))
}

pub(super) fn is_temporary(node: &SyntaxNode) -> bool {
    child::<ast::Persistence>(node).is_some_and(|kind| matches!(kind, ast::Persistence::Temp(_)))
}

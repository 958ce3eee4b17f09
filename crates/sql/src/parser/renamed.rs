//! Views and foreign tables that get another name or schema, read from their syntax.
//! Out: tables (`table`), types (`types`), and all other statements (`statement`). Called by `statement`.

use super::statement::first;
use super::tree::{child, relation};
use crate::operation::{Operation, RelationKind};
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};

pub(super) fn altered_view(statement: &Stmt, node: &SyntaxNode) -> Option<Operation> {
    let kind = match statement {
        Stmt::AlterView(_) => RelationKind::View,
        _ => RelationKind::MaterializedView,
    };
    is_renamed(node).then(|| Operation::RenameRelation { kind, name: first::<ast::ViewRef>(node) })
}

pub(super) fn altered_foreign_table(node: &SyntaxNode) -> Option<Operation> {
    let name = relation(child::<ast::TableRelationName>(node)?.syntax());
    is_renamed(node).then_some(Operation::RenameRelation { kind: RelationKind::Table, name })
}

/// Whether code that knows the relation, its schema or a column of it knows them by another name.
fn is_renamed(node: &SyntaxNode) -> bool {
    node.children().any(|part| {
        ast::ViewRenameTo::can_cast(part.kind())
            || ast::TableRenameTo::can_cast(part.kind())
            || ast::RenameColumn::can_cast(part.kind())
            || ast::SetSchema::can_cast(part.kind())
    })
}

//! Small questions to a syntax tree.
//! Out: what statements mean (`statement`, `table`). Called by these two.

use crate::operation::{Expression, Name, SqlType};
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

/// The first child of a sort.
pub(super) fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.children().find_map(N::cast)
}

/// All children of a sort.
pub(super) fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> {
    node.children().filter_map(N::cast)
}

/// Whether there is a child of a sort.
pub(super) fn has<N: AstNode>(node: &SyntaxNode) -> bool {
    child::<N>(node).is_some()
}

/// Whether a keyword is a direct part of a node.
pub(super) fn says(node: &SyntaxNode, keyword: SyntaxKind) -> bool {
    node.children_with_tokens().any(|part| part.kind() == keyword)
}

/// Whether a keyword is anywhere in a node.
pub(super) fn says_within(node: &SyntaxNode, keyword: SyntaxKind) -> bool {
    node.descendants_with_tokens().any(|part| part.kind() == keyword)
}

/// A node's text without the space around it.
pub(super) fn text(node: &SyntaxNode) -> String {
    node.text().to_string().trim().to_owned()
}

/// A node's text as a name.
pub(super) fn name(node: &SyntaxNode) -> Name {
    Name::read(&text(node))
}

/// The name in the first child of a sort.
pub(super) fn named<N: AstNode>(node: &SyntaxNode) -> Option<Name> {
    child::<N>(node).map(|child| name(child.syntax()))
}

/// The same, without its schema.
pub(super) fn word<N: AstNode>(node: &SyntaxNode) -> String {
    named::<N>(node).map(|name| name.name).unwrap_or_default()
}

/// The names of all children of a sort.
pub(super) fn names<N: AstNode>(node: &SyntaxNode) -> Vec<Name> {
    children::<N>(node).map(|child| name(child.syntax())).collect()
}

/// A relation that may be written with ONLY or a star.
pub(super) fn relation(node: &SyntaxNode) -> Name {
    let reference = node.descendants().find_map(ast::PathRef::cast);
    reference.map_or_else(|| name(node), |path| name(path.syntax()))
}

/// The type in a node.
pub(super) fn sql_type(node: &SyntaxNode) -> SqlType {
    child::<ast::Type>(node).map_or_else(|| SqlType::read(""), |kind| SqlType::read(&text(kind.syntax())))
}

/// The expression in a node.
pub(super) fn expression(node: &SyntaxNode) -> Expression {
    let Some(found) = child::<ast::Expr>(node) else { return Expression::default() };
    let calls = found.syntax().descendants().filter_map(ast::CallExpr::cast);
    let called = calls.filter_map(|call| child::<ast::Expr>(call.syntax()));
    Expression {
        text: text(found.syntax()),
        calls: called.map(|function| name(function.syntax()).name).collect(),
    }
}

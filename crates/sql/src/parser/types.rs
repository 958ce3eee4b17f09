//! The syntax of statements on types and domains to their operations.
//! Out: other statements (`statement`). Called by `statement`.

use super::statement::first;
use super::table::{constraint, has_cascade};
use super::tree::{child, children, names, sql_type, text, word};
use crate::operation::{DomainAction, Operation, RelationKind, TypeAction};
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, Stmt};

pub(super) fn types(statement: &Stmt, node: &SyntaxNode) -> Option<Operation> {
    let cascade = has_cascade(node);
    Some(match statement {
        Stmt::CreateDomain(_) => {
            let mut constraints = children::<ast::Constraint>(node);
            let constrained = constraints.any(|each| {
                matches!(each, ast::Constraint::CheckConstraint(_) | ast::Constraint::NotNullConstraint(_))
            });
            Operation::CreateDomain { name: first::<ast::Domain>(node), base: sql_type(node), constrained }
        }
        Stmt::AlterDomain(_) => altered_domain(node)?,
        Stmt::CreateType(_) => match child::<ast::CreateTypeKind>(node) {
            Some(ast::CreateTypeKind::EnumType(_)) => {
                Operation::CreateEnum { name: first::<ast::TypeName>(node), labels: labels(node) }
            }
            _ => Operation::CreateType { name: first::<ast::TypeName>(node) },
        },
        Stmt::AlterType(_) => {
            use ast::AlterTypeAction as A;
            let action = match child::<A>(node)? {
                A::AddValue(added) => {
                    let value = child::<ast::Literal>(added.syntax())?;
                    TypeAction::AddValue { value: label(&value) }
                }
                A::RenameValue(_) => TypeAction::RenameValue,
                A::TypeRenameTo(renamed) => {
                    TypeAction::Rename { to: Some(word::<ast::TypeName>(renamed.syntax())) }
                }
                A::RenameAttribute(_) | A::SetSchema(_) => TypeAction::Rename { to: None },
                A::AlterTypeAttributeActionList(_) => TypeAction::Attributes,
                A::OwnerTo(_) | A::SetOptions(_) => TypeAction::Other,
            };
            Operation::AlterType { name: first::<ast::TypeNameRef>(node), action }
        }
        Stmt::DropType(_) => Operation::DropType { names: names::<ast::TypeNameRef>(node), cascade },
        Stmt::DropDomain(_) => Operation::DropType { names: names::<ast::DomainRef>(node), cascade },
        Stmt::AlterSequence(_) => {
            if node.children().any(|part| ast::SequenceRenameTo::can_cast(part.kind())) {
                let name = first::<ast::SequenceRef>(node);
                return Some(Operation::RenameRelation { kind: RelationKind::Sequence, name });
            }
            Operation::AlterSequence {
                name: first::<ast::SequenceRef>(node),
                restarts: node.descendants().any(|part| ast::OptionRestart::can_cast(part.kind())),
                retypes: node.descendants().any(|part| ast::OptionAsType::can_cast(part.kind())),
            }
        }
        _ => return None,
    })
}

fn altered_domain(node: &SyntaxNode) -> Option<Operation> {
    let action = match child::<ast::AlterDomainAction>(node)? {
        ast::AlterDomainAction::AddConstraint(added) => DomainAction::AddConstraint {
            not_valid: added.syntax().descendants().any(|part| ast::NotValid::can_cast(part.kind())),
            constraint: child::<ast::Constraint>(added.syntax())
                .and_then(|found| constraint(&found, ""))
                .map(Box::new),
        },
        ast::AlterDomainAction::SetNotNull(_) => DomainAction::SetNotNull,
        ast::AlterDomainAction::ValidateConstraint(validated) => {
            DomainAction::Validate { name: word::<ast::ConstraintNameRef>(validated.syntax()) }
        }
        ast::AlterDomainAction::DomainRenameTo(renamed) => {
            let to = Some(word::<ast::Domain>(renamed.syntax()));
            let name = first::<ast::DomainRef>(node);
            return Some(Operation::AlterType { name, action: TypeAction::Rename { to } });
        }
        _ => DomainAction::Other,
    };
    Some(Operation::AlterDomain { name: first::<ast::DomainRef>(node), action })
}

/// The values of an enum, without quotes.
fn labels(node: &SyntaxNode) -> Vec<String> {
    let literals = node.descendants().filter_map(ast::Variant::cast);
    literals
        .filter_map(|variant| child::<ast::Literal>(variant.syntax()))
        .map(|literal| label(&literal))
        .collect()
}

fn label(literal: &ast::Literal) -> String {
    let written = text(literal.syntax());
    let inner = written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    inner.map_or_else(|| written.clone(), |inner| inner.replace("''", "'"))
}

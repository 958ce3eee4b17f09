//! A statement's syntax to its operation.
//! Out: tables (`table`), types and domains (`types`). Called by the facade, once a statement.

use super::renamed::{altered_foreign_table, altered_view};
use super::table::{alter_table, create_table, has_cascade, is_temporary};
use super::tree::{
    child, children, expression, has, name, named, names, relation, says, says_within, text, word,
};
use super::types::types;
use crate::operation::{Name, NewIndex, OnTable, Operation, ReindexOf, RelationKind};
use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::{SyntaxKind, SyntaxNode};

pub(super) fn operation(statement: &Stmt) -> Operation {
    let node = statement.syntax();
    relations(statement, node)
        .or_else(|| indexes(statement, node))
        .or_else(|| on_table(statement, node))
        .or_else(|| types(statement, node))
        .or_else(|| containers(statement, node))
        .or_else(|| rows(statement, node))
        .unwrap_or(Operation::Other)
}

fn nameless() -> Name {
    Name::read("")
}

pub(super) fn first<N: AstNode>(node: &SyntaxNode) -> Name {
    named::<N>(node).unwrap_or_else(nameless)
}

fn relations(statement: &Stmt, node: &SyntaxNode) -> Option<Operation> {
    let (cascade, if_exists) = (has_cascade(node), has::<ast::IfExists>(node));
    let dropped = |kind, names| Operation::DropRelation { kind, names, cascade, if_exists };
    Some(match statement {
        Stmt::AlterTable(alter) => alter_table(alter),
        Stmt::CreateTable(create) => create_table(create),
        Stmt::CreateTableAs(_) => Operation::CreateTableAs {
            name: first::<ast::TableName>(node),
            if_not_exists: has::<ast::IfNotExists>(node),
            temporary: is_temporary(node),
            from: read_tables(node),
        },
        Stmt::DropTable(_) => dropped(RelationKind::Table, names::<ast::TableNameRef>(node)),
        Stmt::DropView(_) => dropped(RelationKind::View, names::<ast::ViewRef>(node)),
        Stmt::DropMaterializedView(_) => dropped(RelationKind::MaterializedView, names::<ast::ViewRef>(node)),
        Stmt::DropSequence(_) => dropped(RelationKind::Sequence, names::<ast::SequenceRef>(node)),
        Stmt::DropForeignTable(_) => dropped(RelationKind::Table, names::<ast::TableNameRef>(node)),
        Stmt::CreateView(_) => Operation::CreateView {
            name: first::<ast::View>(node),
            replace: has::<ast::OrReplace>(node),
            star: says_within(node, SyntaxKind::STAR) && !text(node).to_lowercase().contains("count(*)"),
        },
        Stmt::CreateMaterializedView(_) => {
            Operation::CreateMaterializedView { name: first::<ast::View>(node) }
        }
        Stmt::Refresh(_) => Operation::Refresh {
            name: first::<ast::ViewRef>(node),
            concurrently: says(node, SyntaxKind::CONCURRENTLY_KW),
        },
        Stmt::AlterView(_) | Stmt::AlterMaterializedView(_) => altered_view(statement, node)?,
        Stmt::AlterForeignTable(_) => altered_foreign_table(node)?,
        Stmt::Truncate(_) => {
            let list = child::<ast::TableList>(node)?;
            let tables = children::<ast::TableRelationName>(list.syntax());
            Operation::Truncate { tables: tables.map(|table| relation(table.syntax())).collect(), cascade }
        }
        Stmt::Lock(_) => {
            let list = child::<ast::RelationList>(node)?;
            let tables = children::<ast::RelationName>(list.syntax());
            let clause = child::<ast::LockModeClause>(node);
            let mode = clause.and_then(|clause| child::<ast::LockMode>(clause.syntax()));
            Operation::Lock {
                tables: tables.map(|table| relation(table.syntax())).collect(),
                mode: mode
                    .map_or_else(|| "access exclusive".to_owned(), |mode| text(mode.syntax()).to_lowercase()),
            }
        }
        Stmt::Cluster(_) => Operation::Cluster { table: named::<ast::TableNameRef>(node) },
        Stmt::Vacuum(_) => vacuum(node),
        Stmt::Analyze(_) => Operation::Analyze { tables: listed_tables(node) },
        Stmt::CreatePublication(_) | Stmt::AlterPublication(_) => {
            Operation::Publish { tables: named_within(node) }
        }
        Stmt::DropStatistics(_) => Operation::DropStatistics { names: names::<ast::StatisticsRef>(node) },
        _ => return None,
    })
}

fn vacuum(node: &SyntaxNode) -> Operation {
    let options = child::<ast::VacuumOptionList>(node);
    let listed = options.map(|list| text(list.syntax()).to_lowercase()).unwrap_or_default();
    let full_option = listed.split([',', '(', ')']).any(|option| {
        let mut words = option.split_whitespace();
        words.next() == Some("full") && !matches!(words.next(), Some("false" | "off" | "0"))
    });
    Operation::Vacuum { full: says(node, SyntaxKind::FULL_KW) || full_option, tables: listed_tables(node) }
}

fn listed_tables(node: &SyntaxNode) -> Vec<Name> {
    let list = child::<ast::TableAndColumnsList>(node);
    let tables = list.iter().flat_map(|list| children::<ast::TableAndColumns>(list.syntax()));
    tables.map(|table| relation(table.syntax())).collect()
}

fn indexes(statement: &Stmt, node: &SyntaxNode) -> Option<Operation> {
    let concurrently = says(node, SyntaxKind::CONCURRENTLY_KW);
    Some(match statement {
        Stmt::CreateIndex(_) => {
            let target = child::<ast::TableRelationName>(node)?;
            let keys = child::<ast::PartitionItemList>(node);
            let keys = keys.iter().flat_map(|list| children::<ast::PartitionItem>(list.syntax()));
            Operation::CreateIndex(Box::new(NewIndex {
                name: named::<ast::Index>(node).map(|name| name.name),
                table: relation(target.syntax()),
                only: says(target.syntax(), SyntaxKind::ONLY_KW),
                unique: says(node, SyntaxKind::UNIQUE_KW),
                concurrently,
                if_not_exists: has::<ast::IfNotExists>(node),
                keys: keys.map(|key| text(key.syntax())).collect(),
                predicate: child::<ast::WhereClause>(node).map(|clause| expression(clause.syntax()).text),
            }))
        }
        Stmt::DropIndex(_) => Operation::DropIndex {
            names: names::<ast::IndexRef>(node),
            concurrently,
            if_exists: has::<ast::IfExists>(node),
        },
        Stmt::AlterIndex(_) => {
            let Some(name) = named::<ast::IndexRef>(node) else { return Some(Operation::AllInTablespace) };
            let renamed = child::<ast::IndexRenameTo>(node);
            Operation::AlterIndex {
                name,
                tablespace: has::<ast::SetTablespace>(node),
                rename: renamed.map(|to| word::<ast::Index>(to.syntax())),
            }
        }
        Stmt::Reindex(_) => reindex(node)?,
        _ => return None,
    })
}

fn reindex(node: &SyntaxNode) -> Option<Operation> {
    let target = child::<ast::ReindexTarget>(node)?;
    let inner = target.syntax();
    let of = match &target {
        ast::ReindexTarget::ReindexTargetIndex(_) => ReindexOf::Index(first::<ast::IndexRef>(inner)),
        ast::ReindexTarget::ReindexTargetTable(_) => ReindexOf::Table(first::<ast::TableNameRef>(inner)),
        ast::ReindexTarget::ReindexTargetSchema(_) => ReindexOf::Many("SCHEMA"),
        ast::ReindexTarget::ReindexTargetDatabase(_) => ReindexOf::Many("DATABASE"),
        ast::ReindexTarget::ReindexTargetSystem(_) => ReindexOf::Many("SYSTEM"),
    };
    let options = child::<ast::ReindexOptionList>(node).map(|list| text(list.syntax()).to_lowercase());
    let option = options.is_some_and(|options| options.contains("concurrently"));
    Some(Operation::Reindex { of, concurrently: option || says(inner, SyntaxKind::CONCURRENTLY_KW) })
}

fn on_table(statement: &Stmt, node: &SyntaxNode) -> Option<Operation> {
    let of_relation = || child::<ast::OnRelation>(node).map(|on| relation(on.syntax()));
    let of_table = || child::<ast::OnTable>(node).map(|on| relation(on.syntax()));
    let (what, table) = match statement {
        Stmt::CreateTrigger(_) => {
            (OnTable::CreateTrigger { each_row: says_within(node, SyntaxKind::ROW_KW) }, of_relation()?)
        }
        Stmt::DropTrigger(_) | Stmt::AlterTrigger(_) => (OnTable::ChangeTrigger, of_relation()?),
        Stmt::CreatePolicy(_) | Stmt::AlterPolicy(_) | Stmt::DropPolicy(_) => (OnTable::Policy, of_table()?),
        Stmt::CreateRule(_) => {
            let on = child::<ast::RuleOn>(node)?;
            (OnTable::Rule, first::<ast::RelationNameRef>(on.syntax()))
        }
        Stmt::DropRule(_) => (OnTable::Rule, of_relation()?),
        Stmt::CreateStatistics(_) => {
            let from = child::<ast::FromTable>(node)?;
            (OnTable::Statistics, first::<ast::TableNameRef>(from.syntax()))
        }
        Stmt::CommentOn(_) => (OnTable::Comment, commented(node)?),
        _ => return None,
    };
    Some(Operation::OnTable { what, table })
}

/// The table of a comment on it or on its column.
fn commented(node: &SyntaxNode) -> Option<Name> {
    if let Some(object) = child::<ast::ObjectTable>(node) {
        return Some(first::<ast::TableNameRef>(object.syntax()));
    }
    let object = child::<ast::ObjectColumn>(node)?;
    let written = text(object.syntax());
    let column = written.split_once(char::is_whitespace)?.1.trim();
    Some(Name::read(column.rsplit_once('.')?.0))
}

fn containers(statement: &Stmt, node: &SyntaxNode) -> Option<Operation> {
    let cascade = has_cascade(node);
    Some(match statement {
        Stmt::DropSchema(_) => Operation::DropSchema { names: names::<ast::SchemaRef>(node), cascade },
        Stmt::DropExtension(_) => {
            Operation::DropExtension { names: names::<ast::ExtensionRef>(node), cascade }
        }
        Stmt::DropDatabase(_) | Stmt::DropTablespace(_) => Operation::DropDatabase,
        Stmt::DropOwned(_) => Operation::DropOwned,
        Stmt::CreateSchema(_) => {
            Operation::CreateSchema { name: named::<ast::Schema>(node).map(|name| name.name) }
        }
        Stmt::AlterSchema(_) if node.children().any(|part| ast::SchemaRenameTo::can_cast(part.kind())) => {
            Operation::RenameSchema { name: word::<ast::SchemaRef>(node) }
        }
        Stmt::CreateExtension(_) => Operation::CreateExtension {
            name: word::<ast::Extension>(node),
            version: has::<ast::ExtensionVersionClause>(node),
        },
        Stmt::AlterExtension(_) if says_within(node, SyntaxKind::UPDATE_KW) => {
            Operation::UpdateExtension { name: word::<ast::ExtensionRef>(node) }
        }
        Stmt::CreateFunction(_) | Stmt::CreateProcedure(_) => routine(node),
        Stmt::DropFunction(_) | Stmt::DropProcedure(_) | Stmt::DropRoutine(_) | Stmt::DropAggregate(_) => {
            Operation::DropRoutine { cascade }
        }
        Stmt::Grant(_) => granted(node),
        Stmt::Do(_) => Operation::Do,
        Stmt::Set(_) => setting(node)?,
        Stmt::Select(_) => Operation::Select,
        Stmt::Call(_) | Stmt::Execute(_) | Stmt::Copy(_) => Operation::Runs,
        _ => return None,
    })
}

fn routine(node: &SyntaxNode) -> Operation {
    let options: Vec<_> = node.descendants().filter_map(ast::FuncOption::cast).collect();
    let sets_path = |option: &ast::FuncOption| {
        matches!(option, ast::FuncOption::SetFuncOption(_))
            && text(option.syntax()).to_lowercase().contains("search_path")
    };
    Operation::CreateFunction {
        name: node
            .children()
            .find_map(ast::FunctionName::cast)
            .map_or_else(nameless, |found| name(found.syntax())),
        replace: has::<ast::OrReplace>(node),
        security_definer: options
            .iter()
            .any(|option| matches!(option, ast::FuncOption::SecurityDefinerFuncOption(_))),
        search_path: options.iter().any(sets_path),
        volatile: !options.iter().any(|option| match option {
            ast::FuncOption::VolatilityFuncOption(_) => {
                !text(option.syntax()).eq_ignore_ascii_case("volatile")
            }
            _ => false,
        }),
    }
}

fn granted(node: &SyntaxNode) -> Operation {
    let roles = child::<ast::RoleRefList>(node);
    let roles = roles.map(|list| text(list.syntax()).to_lowercase()).unwrap_or_default();
    let privileges = child::<ast::Privileges>(node);
    let on = child::<ast::OnPrivilegeObjectsClause>(node);
    Operation::Grant {
        public: roles.split(',').any(|role| role.trim() == "public"),
        all: privileges.is_some_and(|found| matches!(found, ast::Privileges::AllPrivileges(_))),
        option: child::<ast::GrantWithClause>(node)
            .is_some_and(|with| text(with.syntax()).to_lowercase().contains("grant option")),
        on: on.map(|on| text(on.syntax())).unwrap_or_default(),
    }
}

/// `SET [LOCAL] name = value`.
fn setting(node: &SyntaxNode) -> Option<Operation> {
    let local = node.children().any(|part| ast::LocalScope::can_cast(part.kind()));
    let written = text(child::<ast::SetTarget>(node)?.syntax());
    let folded = written.to_lowercase();
    let (name, value) = match folded.strip_prefix("time zone") {
        Some(zone) => ("timezone".to_owned(), zone.trim().to_owned()),
        None => {
            let end = folded.find(|character: char| character.is_whitespace() || character == '=')?;
            let value = folded[end..].trim_start().trim_start_matches('=');
            let value = value.strip_prefix("to ").unwrap_or(value).trim().to_owned();
            (folded[..end].to_owned(), value)
        }
    };
    Some(Operation::Set { name, local, value })
}

fn rows(statement: &Stmt, node: &SyntaxNode) -> Option<Operation> {
    let target = || node.children().find_map(ast::RelationName::cast).map(|found| relation(found.syntax()));
    Some(match statement {
        Stmt::Update(_) => Operation::Update { table: target()?, filtered: is_filtered(node) },
        Stmt::Merge(_) => Operation::Merge { table: named_within(node).into_iter().next()? },
        Stmt::Delete(_) => Operation::Delete { table: target()?, filtered: is_filtered(node) },
        Stmt::Insert(_) => Operation::Insert {
            table: first::<ast::RelationNameRef>(node),
            columns: has::<ast::ColumnTargetList>(node),
            from: read_tables(node),
            on_conflict: has::<ast::OnConflictClause>(node),
        },
        _ => return None,
    })
}

/// All names in a node that may be qualified, in order.
fn named_within(node: &SyntaxNode) -> Vec<Name> {
    let paths = node.descendants().filter_map(ast::PathRef::cast);
    let whole =
        paths.filter(|path| !path.syntax().parent().is_some_and(|up| ast::PathRef::can_cast(up.kind())));
    whole.map(|path| name(path.syntax())).collect()
}

/// Whether rows are chosen by more than a tautology.
fn is_filtered(node: &SyntaxNode) -> bool {
    let Some(clause) = child::<ast::WhereClauseOrCurrentOf>(node) else { return false };
    let written = text(clause.syntax()).to_lowercase();
    let condition = written.trim_start_matches("where").trim();
    let tautologies = ["true", "1=1", "1 = 1"];
    !tautologies.contains(&condition)
}

/// The tables that a query in a statement reads from.
fn read_tables(node: &SyntaxNode) -> Vec<Name> {
    let clauses = node.descendants().filter_map(ast::FromClause::cast);
    let references = clauses.flat_map(|clause| {
        clause.syntax().descendants().filter_map(ast::RelationNameRef::cast).collect::<Vec<_>>()
    });
    references.map(|found| name(found.syntax())).collect()
}

//! What a step of a revision does, as far as its text says: its statements of Python, and which of them take data away.
//! Out: what it does in fact, which only its run shows.
//! Called by plans, which ask for an approval.

use super::python;
pub use super::revision::statements;
use groundline_sql::{Script, destructive};

/// Operations that take data away. Source: Alembic's documentation, "Operation Reference".
const OPERATIONS: [(&str, &str); 2] = [("drop_table(", "drop_table"), ("drop_column(", "drop_column")];

/// What a statement of Python takes away: by an operation of Alembic's, or by SQL in one of its strings.
pub fn lost(statement: &str) -> Option<&'static str> {
    let code = python::normal_form(statement);
    if let Some((_, name)) = OPERATIONS.iter().find(|(call, _)| code.contains(call)) {
        return Some(name);
    }
    python::texts(statement).find_map(|text| {
        let statements = Script::parse(&text).statements;
        statements.iter().find_map(|one| destructive(&text[one.span.range()]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses() {
        assert_eq!(lost("op.drop_table('a')"), Some("drop_table"));
        assert_eq!(lost("batch_op.drop_column('a')"), Some("drop_column"));
        assert_eq!(lost("op.execute(\"\"\"\nSELECT 1;\nDROP TABLE a\n\"\"\")"), Some("DROP TABLE"));
        assert_eq!(lost("op.execute(sa.text('DELETE FROM a'))"), Some("DELETE without WHERE"));
        assert_eq!(lost("op.drop_index('a')"), None);
        assert_eq!(lost("op.add_column('a', sa.Column('drop'))  # op.drop_table('a')"), None);
    }

    #[test]
    fn statements_of_the_function_alone() {
        let text = "import x\nrevision = 'a'\n\ndef upgrade():\n    op.a()\n    op.b(\n        1)\n";
        let found: Vec<&str> = statements(text).iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, ["op.a()", "op.b(\n        1)"]);
    }
}

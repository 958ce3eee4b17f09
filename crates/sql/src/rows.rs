//! `INSERT … VALUES` with nothing but constants and calls in it, read by its tokens: half of what real histories hold is rows,
//! and a syntax tree of them says no more than this does. Out: every other statement (`parser`). Called by the facade.

use crate::head::Head;
use crate::lexer::TokenKind;
use crate::operation::{Name, Operation};

/// Words after which values may come from elsewhere, or which say more than this reads.
const MORE: [&str; 9] =
    ["select", "with", "table", "values", "from", "returning", "default", "overriding", "as"];

/// What an INSERT of plain values asks for; none where a tree has to say it.
pub(crate) fn insert(statement: &str) -> Option<Operation> {
    let mut head = Head::new(statement);
    if !head.eat_all(&["insert", "into"]) {
        return None;
    }
    let start = head.peek()?.span.start;
    head.skip_name();
    let next = head.peek()?;
    let table = Name::read(&statement[start..next.span.start]);
    let columns = next.kind == TokenKind::Open;
    if columns {
        head.take();
        while head.take()?.kind != TokenKind::Close {}
    }
    if !head.eat("values") {
        return None;
    }
    let mut depth = 0_usize;
    let mut last = TokenKind::Word;
    while let Some(token) = head.take() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.checked_sub(1)?,
            TokenKind::Word => {
                let word = head.text_of(token);
                if MORE.iter().any(|more| word.eq_ignore_ascii_case(more)) {
                    return None;
                }
                // ON CONFLICT comes after the rows, and may have an UPDATE of its own.
                if depth == 0 {
                    let on_conflict =
                        word.eq_ignore_ascii_case("on") && head.eat_all(&["conflict", "do", "nothing"]);
                    return (on_conflict && head.take().is_none()).then_some(Operation::Insert {
                        table,
                        columns,
                        from: Vec::new(),
                        on_conflict,
                    });
                }
            }
            TokenKind::Text | TokenKind::QuotedName if !token.ended => return None,
            TokenKind::Semicolon | TokenKind::Backslash => return None,
            _ => {}
        }
        last = token.kind;
    }
    (depth == 0 && last == TokenKind::Close).then_some(Operation::Insert {
        table,
        columns,
        from: Vec::new(),
        on_conflict: false,
    })
}

#[cfg(test)]
mod tests {
    use super::insert;
    use crate::operation::Operation;

    /// Of each statement the tokens say what the tree says, or leave it to the tree.
    #[test]
    fn the_tokens_say_what_the_tree_says() {
        let read = [
            "insert into t values (1)",
            "INSERT INTO \"S\" . t (a, \"B\") VALUES (1, 'x; select'), (2, now()) ON CONFLICT DO NOTHING",
            "insert into t (a) values ($$a$$), (array[1,2]), (-1 + (2 * 3)) -- done",
            "insert into t (a) /* why */ values ('{}'::jsonb)",
        ];
        for statement in read {
            let told = insert(statement).unwrap_or_else(|| panic!("not read: {statement}"));
            assert_eq!(told, crate::parser::by_tree(statement), "{statement}");
        }
        let left = [
            "insert into t select 1",
            "insert into t values ((select max(a) from u))",
            "insert into t (a) values (1) on conflict (a) do update set a = 2",
            "insert into t values (1) returning id",
            "insert into t default values",
            "insert into t as x values (1)",
            "insert into t values (1",
            "insert into t values",
            "update t set a = 1",
            "insert",
        ];
        for statement in left {
            assert_eq!(insert(statement), None::<Operation>, "{statement}");
        }
    }
}

//! A script's normal form: its statements without comments and without the white space that says nothing.
//! Out: what a statement means; key words keep their case, names their quotes.
//! Called by the lock file, to tell an edited comment from an edited statement.

use crate::classify::{Class, classify};
use crate::lexer::{Lexer, Token, TokenKind};
use crate::{Script, StatementKind};

/// The normal form of a text. Two texts with the same one send the same statements to a server, but for what
/// a comment tells to a tool; it changes with any other edit. Line ends are LF in it, one statement ends with `;`.
pub fn normal_form(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut standard_strings = true;
    let mut normal = String::with_capacity(text.len());
    for statement in Script::parse(&text).statements {
        let sql = &text[statement.span.range()];
        if let StatementKind::PsqlMeta { .. } = statement.kind {
            normal.push_str(sql);
            normal.push('\n');
            continue;
        }
        push(&mut normal, sql, standard_strings);
        normal.push_str(";\n");
        if let StatementKind::CopyFromStdin { data } = statement.kind {
            normal.push_str(&text[data.range()]);
            normal.push_str("\\.\n");
        }
        if let Class::StandardStrings(on) = classify(sql) {
            standard_strings = on;
        }
    }
    normal
}

/// What lies between two tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Nothing,
    Blank,
    Newline,
}

fn push(normal: &mut String, sql: &str, standard_strings: bool) {
    let mut lexer = Lexer::new(sql, 0);
    lexer.set_standard_strings(standard_strings);
    let (mut last, mut gap): (Option<Token>, Gap) = (None, Gap::Nothing);
    for token in lexer {
        let piece = &sql[token.span.range()];
        match token.kind {
            TokenKind::Space if piece.contains(['\n', '\r']) => gap = Gap::Newline,
            TokenKind::LineComment | TokenKind::Space | TokenKind::BlockComment
                if token.ended && gap == Gap::Nothing =>
            {
                gap = Gap::Blank;
            }
            TokenKind::LineComment | TokenKind::Space => {}
            TokenKind::BlockComment if token.ended => {}
            _ => {
                if let Some(before) = last.filter(|_| gap != Gap::Nothing) {
                    normal.push_str(between(&sql[before.span.range()], piece, gap));
                }
                normal.push_str(piece);
                (last, gap) = (Some(token), Gap::Nothing);
            }
        }
    }
}

/// What two tokens that stood apart need between them so that they stay two.
fn between(before: &str, after: &str, gap: Gap) -> &'static str {
    let (Some(left), Some(right)) = (before.chars().next_back(), after.chars().next()) else { return "" };
    let quoted = |c: char| c == '\'';
    // 4.1.2.1: two constants are one if, and only if, a line break stands between them.
    if quoted(left) && quoted(right) {
        return if gap == Gap::Newline { "\n" } else { " " };
    }
    let separates = |c: char| matches!(c, '(' | ')' | ',' | ';' | '[' | ']');
    let of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'') || !c.is_ascii();
    let clings = |c: char| matches!(c, '.' | ':' | '$' | '&' | '\\');
    match (left, right) {
        _ if separates(left) || separates(right) => "",
        _ if clings(left) || clings(right) => " ",
        // A word beside an operator is two tokens without a blank, too; two of a kind would run together.
        _ if of_word(left) != of_word(right) => "",
        _ => " ",
    }
}

#[cfg(test)]
mod tests {
    use super::normal_form;

    #[test]
    fn comments_and_layout_go_and_statements_stay() {
        let normal = [
            ("select  a ,b\n from t -- all\n;", "select a,b from t;\n"),
            ("/* x */ select/* y */1 ;;; ", "select 1;\n"),
            ("select a\n=\n1", "select a=1;\n"),
            ("select a = - 1, a=-1", "select a= -1,a=-1;\n"),
            ("select a<  =b, 1 .5, 1.5", "select a< =b,1 .5,1.5;\n"),
            ("select 'a'\r\n  'b'", "select 'a'\n'b';\n"),
            ("select 'a' /* \n */ 'b'", "select 'a' 'b';\n"),
            ("select '  -- no comment '", "select '  -- no comment ';\n"),
            ("set standard_conforming_strings = off; select '\\' -- '", {
                "set standard_conforming_strings=off;\nselect '\\' -- ';\n"
            }),
            ("copy a from stdin;\n1\t 2\n\\.\n", "copy a from stdin;\n1\t 2\n\\.\n"),
            ("\\restrict x\nselect 1;", "\\restrict x\nselect 1;\n"),
            ("-- nothing\n", ""),
        ];
        for (text, expected) in normal {
            assert_eq!(normal_form(text), expected, "{text:?}");
            assert_eq!(normal_form(expected), expected, "{text:?}, again");
        }
    }
}

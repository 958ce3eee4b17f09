//! The reader on texts small enough to see: what it makes of them, and where it says that they break off.

use super::*;
use std::io::Cursor;

fn read(text: &[u8]) -> Result<Vec<Piece>> {
    let mut reader = Reader::new(Cursor::new(text), Path::new("d.sql"), true);
    let mut pieces = Vec::new();
    while let Some(piece) = reader.next_piece()? {
        pieces.push(piece);
    }
    assert!(reader.next_piece()?.is_none(), "the end stays the end");
    Ok(pieces)
}

/// One line a piece: `1:1 SELECT 1`, `\connect shop`, `COPY t … (data from 2)`, `data "1\n"`, `end`.
fn outline(text: impl AsRef<[u8]>) -> Vec<String> {
    let pieces = read(text.as_ref()).unwrap_or_else(|fault| panic!("{fault:#?}"));
    let place = |at: Position| format!("{}:{}", at.line, at.column);
    let line = |piece: &Piece| match piece {
        Piece::Statement(statement) => format!("{} {}", place(statement.at), statement.text),
        Piece::Copy(statement, first) => {
            format!("{} {} (data from {first})", place(statement.at), statement.text)
        }
        Piece::Data(block) => format!("data {:?}", String::from_utf8_lossy(block)),
        Piece::DataEnd => "end".to_owned(),
        Piece::Meta(word, arguments, at) => {
            format!("{} \\{word} {arguments}", place(*at)).trim_end().to_owned()
        }
        Piece::DumpedFrom(version) => format!("from {version}"),
    };
    pieces.iter().map(line).collect()
}

/// What is wrong, why, and at which line and column.
fn refusal(text: impl AsRef<[u8]>) -> (String, String, (usize, usize)) {
    let fault = read(text.as_ref()).expect_err("it is refused");
    let Some(Place::File { position: Some(Position { line, column }), .. }) = fault.place else {
        panic!("no place: {fault:#?}");
    };
    (fault.what, fault.why.unwrap_or_default(), (line, column))
}

fn truncated(text: impl AsRef<[u8]>) -> (String, (usize, usize)) {
    let (what, why, place) = refusal(text);
    assert_eq!(what, "the snapshot is truncated");
    (why, place)
}

#[test]
fn statements_have_a_text_and_a_place() {
    let text = "SELECT 1; select\n  2 ;\n\n  SELECT ';' -- no; end\n, 3;SELECT 4";
    assert_eq!(
        outline(text),
        ["1:1 SELECT 1", "1:11 select\n  2", "4:3 SELECT ';' -- no; end\n, 3", "5:5 SELECT 4"]
    );
    assert_eq!(outline(""), [""; 0]);
    assert_eq!(outline(" ;\n;; \n"), [""; 0]);
}

#[test]
fn words_are_those_outside_of_parentheses_and_quotes() {
    let words = |text: &str| match read(text.as_bytes()).unwrap().as_slice() {
        [Piece::Statement(statement)] => statement.words.join(" "),
        other => panic!("one statement: {other:?}"),
    };
    assert_eq!(words("create table public.\"Select\" (id int) with (x = 1);"), "CREATE TABLE PUBLIC WITH");
    assert_eq!(words("/* drop */ alter -- role\n table t;"), "ALTER TABLE T");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_text() {
    assert_eq!(outline("\u{feff}SELECT 1;\r\nSELECT 2;\r\n"), ["1:1 SELECT 1", "2:1 SELECT 2"]);
    assert_eq!(outline("\u{feff}"), [""; 0]);
    assert_eq!(outline("\u{feff}\\restrict x\r\n"), ["1:1 \\restrict x"]);
    let copy = "COPY t (a) FROM stdin;\r\n1\r\n\\.\r\nSELECT 1;\r\n";
    assert_eq!(
        outline(copy),
        ["1:1 COPY t (a) FROM stdin (data from 2)", "data \"1\\r\\n\"", "end", "4:1 SELECT 1"]
    );
}

#[test]
fn meta_commands_take_their_line() {
    let text = "\\restrict 3xK;x\n\nSELECT 1;\n\\connect -reuse-previous=on \"dbname='my shop'\"\nSELECT 2; \\echo a;b\n\\unrestrict 3xK;x\n";
    assert_eq!(
        outline(text),
        [
            "1:1 \\restrict 3xK;x",
            "3:1 SELECT 1",
            "4:1 \\connect -reuse-previous=on \"dbname='my shop'\"",
            "5:1 SELECT 2",
            "5:11 \\echo a;b",
            "6:1 \\unrestrict 3xK;x",
        ]
    );
}

#[test]
fn comments_are_passed_over() {
    let text = "-- a; 'b\n/* c; /* d */ ' */ SELECT 1;\n/* only a comment; */\n-- Dumped from database version 15.4 (Debian)\n/* ; */;\n/* e\n*/ (SELECT 2);\n";
    assert_eq!(
        outline(text),
        ["2:1 /* c; /* d */ ' */ SELECT 1", "from 15.4 (Debian)", "6:1 /* e\n*/ (SELECT 2)"]
    );
}

#[test]
fn semicolons_in_quotes_and_bodies_end_nothing() {
    let texts = [
        "SELECT 'it''s; ''', \"a\"\"b;c\", E'\\';', $$;$$, $a$ $b$;$b$ $a$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $_$\nBEGIN; END;\n$_$",
        "CREATE FUNCTION f() RETURNS int\n BEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 END; SELECT 2;\nEND",
        "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
        "SELECT $1, a$b$, '\\'",
    ];
    for text in texts {
        assert_eq!(outline(format!("{text};\nSELECT 3;")).len(), 2, "{text}");
        assert_eq!(outline(format!("{text};"))[0], format!("1:1 {text}"));
    }
    let old = "SET standard_conforming_strings = off;\nSELECT '\\';';\nSET standard_conforming_strings = on;\nSELECT '\\';";
    assert_eq!(
        outline(old)[1..],
        ["2:1 SELECT '\\';'", "3:1 SET standard_conforming_strings = on", "4:1 SELECT '\\'"]
    );
}

#[test]
fn data_is_handed_on_untouched() {
    let text = "COPY public.t (a, \"b;c\") FROM stdin;\n1\ta\\tb; 'x\n-- no comment\n\\\\.\n\\N\t\\restrict\n\n\\.\n\nCOPY t FROM STDIN WITH (FORMAT csv);\n\\.\nSELECT 1;\n";
    assert_eq!(
        outline(text),
        [
            "1:1 COPY public.t (a, \"b;c\") FROM stdin (data from 2)",
            "data \"1\\ta\\\\tb; 'x\\n-- no comment\\n\\\\\\\\.\\n\\\\N\\t\\\\restrict\\n\\n\"",
            "end",
            "9:1 COPY t FROM STDIN WITH (FORMAT csv) (data from 10)",
            "end",
            "11:1 SELECT 1",
        ]
    );
    // Bytes of another encoding are the server's to judge.
    let latin = read(b"COPY t FROM stdin;\n\xe9\n\\.\n").unwrap();
    assert_eq!(latin[1], Piece::Data(b"\xe9\n".to_vec()));
    assert_eq!(outline("COPY t TO stdout;\nINSERT INTO stdin VALUES (1);").len(), 2);
}

#[test]
fn data_comes_in_blocks_of_whole_rows() {
    let row = format!("{}\n", "x".repeat(1000));
    let text = format!("COPY t FROM stdin;\n{}\\.\nSELECT 1;", row.repeat(300));
    let pieces = read(text.as_bytes()).unwrap();
    let blocks: Vec<&Vec<u8>> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Data(block) => Some(block),
            _ => None,
        })
        .collect();
    assert_eq!(blocks.len(), 3);
    assert!(blocks.iter().all(|block| block.len() < BLOCK + 1002 && block.ends_with(b"\n")));
    assert_eq!(blocks.iter().map(|block| block.len()).sum::<usize>(), 300 * row.len());
    let Some(Piece::Statement(last)) = pieces.last() else { panic!("a statement is the last piece") };
    assert_eq!(last.at, Position { line: 303, column: 1 });
}

#[test]
fn what_breaks_off_is_truncated() {
    let copy = "SELECT 1;\nCOPY t FROM stdin;\n1\n2\n";
    let in_data = ("the COPY data that begins here has no end (`\\.`)".to_owned(), (3, 1));
    assert_eq!(truncated(copy), in_data);
    assert_eq!(truncated(&copy[..copy.len() - 3]), in_data);
    assert_eq!(truncated("SELECT 1;\nCOPY t FROM stdin;\n"), in_data);
    for (text, what) in [
        ("$a$ x;\n$b$;\n", "a dollar-quoted string"),
        ("'x;\n", "a string"),
        ("\"x;\n", "a quoted name"),
        ("/* x */ /* ; /* */\n", "a comment"),
    ] {
        let text = format!("SELECT 1;\n  SELECT {text}");
        assert_eq!(truncated(text), (format!("the file ends inside {what}"), (2, 3)));
    }
}

const HEADER: &str = "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n";

#[test]
fn a_dump_has_its_last_line() {
    let trailer = "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict x\n";
    assert_eq!(outline(format!("{HEADER}{trailer}")), ["5:1 SELECT 1", "10:1 \\unrestrict x"]);
    assert_eq!(outline(format!("{HEADER}{trailer}").replace('\n', "\r\n")).len(), 2);
    let missing = "the dump's last line, `-- PostgreSQL database dump complete`, is missing".to_owned();
    assert_eq!(truncated(HEADER), (missing.clone(), (5, 1)));
    assert_eq!(truncated(format!("{HEADER}SELECT")), (missing.clone(), (6, 1)));
    // A text in a string is no last line.
    assert_eq!(truncated(format!("{HEADER}SELECT '\n{trailer}';\n")).0, missing);
    let cluster = HEADER.replace("database dump", "database cluster dump");
    let within = format!("{cluster}{HEADER}{trailer}");
    assert!(truncated(&within).0.contains("cluster dump complete"));
    outline(format!("{within}-- PostgreSQL database cluster dump complete\n"));
}

#[test]
fn what_is_no_text_is_refused() {
    let (what, _, place) = refusal(b"SELECT 1;\nSELECT \0;\n");
    assert_eq!((what.as_str(), place), ("the file holds a NUL byte: it is no SQL text", (2, 1)));
    let (what, _, place) =
        refusal("SELECT 1;\nSELECT 'é\n…".as_bytes().iter().copied().chain(*b"\xe9';").collect::<Vec<u8>>());
    assert_eq!((what.as_str(), place), ("the statement is not UTF-8", (3, 2)));
}

#[test]
fn compressed_data_that_breaks_off_is_truncated() {
    use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
    use std::io::{BufReader, Write as _};
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let lines: String = (0..5000).map(|n| format!("SELECT {n};\n")).collect();
    encoder.write_all(lines.as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    let text = BufReader::new(MultiGzDecoder::new(&whole[..whole.len() / 2]));
    let mut reader = Reader::new(text, Path::new("d.sql.gz"), true);
    let fault = loop {
        match reader.next_piece() {
            Ok(piece) => assert!(piece.is_some(), "the end is not reached"),
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault.what, "the snapshot is truncated");
    assert_eq!(fault.why.as_deref(), Some("the compressed data breaks off"));
}

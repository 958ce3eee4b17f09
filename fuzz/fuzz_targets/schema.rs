//! Any text is a fault or a schema that comes back from its own text, with the same fingerprint. The same law, on a
//! stable toolchain and fewer texts, is in `crates/migrate/tests/lock_laws.rs`.

#![no_main]

use groundline_migrate::lock::{parse_schema, schema_text};
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|text: &str| {
    let parse = |text: &str| parse_schema(Path::new("groundline.schema.json"), text);
    if let Ok(read) = parse(text) {
        let again = parse(&schema_text(&read).expect("it can be written")).expect("what was written reads");
        assert_eq!(again.fingerprint(), read.fingerprint());
    }
});

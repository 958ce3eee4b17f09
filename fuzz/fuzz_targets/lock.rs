//! Any text is a fault or a lock that comes back from its own text. The same law, on a stable toolchain and fewer
//! texts, is in `crates/migrate/tests/lock_laws.rs`.

#![no_main]

use groundline_migrate::lock::LockFile;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|text: &str| {
    let parse = |text: &str| LockFile::parse(Path::new("groundline.lock"), text);
    if let Ok(read) = parse(text) {
        let again = parse(&read.lock.to_text()).expect("what was written reads");
        assert_eq!(again.lock, read.lock);
    }
});

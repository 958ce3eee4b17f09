//! Any script is judged. The same law, on a stable toolchain and fewer texts, is in `crates/lint/tests/properties.rs`.

#![no_main]

use groundline_lint::{Schema, Settings, judge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let settings = Settings { major: "15".parse().unwrap(), wrapped: true, today: jiff::civil::date(2026, 1, 1) };
    judge(text, &mut Schema::unknown(), settings);
});

//! Any script is judged. The same law, on a stable toolchain and fewer texts, is in `crates/lint/tests/properties.rs`.

#![no_main]

use groundline_fuzz::in_room;
use groundline_lint::{Schema, Settings, judge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| in_room(text, judged));

fn judged(text: &str) {
    let (major, today, policies) =
        ("15".parse().unwrap(), jiff::civil::date(2026, 1, 1), groundline_lint::Policies::default());
    let settings = Settings { major, wrapped: true, today, policies: &policies, has_down: None };
    judge(text, &mut Schema::unknown(), settings);
}

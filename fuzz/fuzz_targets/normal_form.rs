//! Any script has a normal form, whatever its line ends. The same law, on a stable toolchain and fewer texts, is in
//! `crates/sql/tests/properties.rs`.

#![no_main]

use groundline_sql::normal_form;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lf = text.replace("\r\n", "\n");
    if !lf.contains('\r') {
        assert_eq!(normal_form(text), normal_form(&lf.replace('\n', "\r\n")));
    }
});

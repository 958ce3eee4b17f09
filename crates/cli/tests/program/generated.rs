//! Completions and manual pages: of every command that there is.

use crate::support::told;
use std::path::Path;

#[test]
fn every_command_is_completed_and_has_a_page() {
    let here = Path::new(".");
    let (code, help) = told(here, &["--help"], &[]);
    assert_eq!(code, 0);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() > 30, "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let (code, script) = told(here, &["completions", shell], &[]);
        assert_eq!(code, 0);
        let missing: Vec<&&str> = commands.iter().filter(|name| !script.contains(**name)).collect();
        assert!(missing.is_empty(), "{shell}: {missing:?}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(told(folder.path(), &["man", "pages"], &[]).0, 0);
    for name in commands {
        assert!(folder.path().join(format!("pages/groundline-{name}.1")).is_file(), "{name}");
    }
}

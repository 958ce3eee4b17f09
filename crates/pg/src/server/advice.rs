//! The command that installs PostgreSQL on this system. Out: running it; that is for the person.
//! Called where nothing could be had.

use groundline_core::Major;
use std::fs;

/// What to type to have a major on this system.
pub(crate) fn install(major: Major) -> String {
    if cfg!(target_os = "macos") {
        return format!("brew install postgresql@{major}");
    }
    let release =
        ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|path| fs::read_to_string(path).ok());
    command(&release.unwrap_or_default(), major)
}

/// From the text of `/etc/os-release`: its `ID`, then each of `ID_LIKE`.
fn command(release: &str, major: Major) -> String {
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
    };
    let (id, like, codename) = (value("ID"), value("ID_LIKE"), value("VERSION_CODENAME"));
    for name in std::iter::once(id.as_str()).chain(like.split_whitespace()) {
        return match name {
            "debian" | "ubuntu" => debian(&codename, major),
            "fedora" => format!("sudo dnf install postgresql{major}-server postgresql{major}-contrib"),
            "rhel" | "centos" => {
                format!(
                    "sudo dnf module enable postgresql:{major} && sudo dnf install postgresql-server postgresql-contrib"
                )
            }
            "amzn" => format!("sudo dnf install postgresql{major}-server postgresql{major}-contrib"),
            "alpine" => format!("apk add postgresql{major} postgresql{major}-contrib"),
            "opensuse" | "suse" | "sles" => {
                format!("sudo zypper install postgresql{major}-server postgresql{major}-contrib")
            }
            "arch" => "sudo pacman -S postgresql".to_owned(),
            "nixos" => format!("nix-shell -p postgresql_{major}"),
            _ => continue,
        };
    }
    format!("install PostgreSQL {major} with this system's package manager")
}

/// Debian and Ubuntu have one major a release; the others come from PostgreSQL's own repository, which
/// `postgresql-common` sets up.
fn debian(codename: &str, major: Major) -> String {
    let own = match codename {
        "bullseye" => 13,
        "bookworm" => 15,
        "trixie" => 17,
        "jammy" => 14,
        "noble" => 16,
        "plucky" | "questing" => 17,
        _ => 0,
    };
    let install = format!("sudo apt-get install postgresql-{major}");
    match own == major.number() {
        true => install,
        false => format!(
            "sudo apt-get install postgresql-common && sudo sh /usr/share/postgresql-common/pgdg/*.sh -y && {install}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_package_of_each_system() {
        let say = |release: &str, major: &str| command(release, major.parse().unwrap());
        let bookworm = "ID=debian\nVERSION_CODENAME=bookworm\n";
        assert_eq!(say(bookworm, "15"), "sudo apt-get install postgresql-15");
        assert!(say(bookworm, "17").ends_with("&& sudo apt-get install postgresql-17"));
        assert!(say("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "16").contains("postgresql-16"));
        assert_eq!(say("ID=alpine\n", "17"), "apk add postgresql17 postgresql17-contrib");
        assert_eq!(say("", "17"), "install PostgreSQL 17 with this system's package manager");
    }
}

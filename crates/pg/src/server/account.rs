//! Which account the server's programs run as. `initdb` and `postgres` refuse root, so as root another
//! account of the machine runs them and owns what they write. Source: PostgreSQL manual, 18.1 "The PostgreSQL
//! User Account". Called by whatever starts a program of PostgreSQL or makes a folder for one.

use groundline_core::{Fault, Place, Result};
use std::fs;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Accounts to run as, the likeliest first; then any other with an id.
const PREFERRED: [&str; 4] = ["postgres", "_postgres", "nobody", "daemon"];

/// The account that runs PostgreSQL's programs.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// `None`: our own.
    other: Option<Identity>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    /// Our own account, or as root another one that the machine knows by name (`initdb` asks for the name).
    pub fn choose() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::own());
        }
        let path = Path::new("/etc/passwd");
        let text = fs::read_to_string(path).map_err(|error| Fault::io("read the accounts", path, &error))?;
        let other = pick(&text).ok_or_else(|| {
            Fault::new("PostgreSQL does not run as root, and there is no other account to run it as")
                .at(Place::file(path))
                .next("add one, such as `useradd --system postgres`, or run groundline as an ordinary user")
        })?;
        Ok(Self { other: Some(other) })
    }

    /// Our own account, for files that stay ours.
    pub fn own() -> Self {
        Self { other: None }
    }

    /// Whether files have to be handed over to another account.
    pub fn is_other(&self) -> bool {
        self.other.is_some()
    }

    /// The account's name, or `None` for our own.
    pub fn name(&self) -> Option<&str> {
        self.other.as_ref().map(|identity| identity.name.as_str())
    }

    /// Makes a command run as this account. Its supplementary groups are dropped by the standard library.
    pub fn dress(&self, command: &mut Command) {
        if let Some(identity) = &self.other {
            command.uid(identity.uid).gid(identity.gid);
        }
    }

    /// Hands a file or folder over to this account.
    pub fn give(&self, path: &Path) -> Result<()> {
        let Some(identity) = &self.other else { return Ok(()) };
        lchown(path, Some(identity.uid), Some(identity.gid))
            .map_err(|error| Fault::io("hand a file over to the server's account", path, &error))
    }

    /// Whether this account can enter a folder from the root of the file system on.
    pub fn can_enter(&self, folder: &Path) -> bool {
        let Some(identity) = &self.other else { return true };
        let Ok(folder) = folder.canonicalize() else { return false };
        folder.ancestors().all(|ancestor| ancestor.metadata().is_ok_and(|facts| identity.may_search(&facts)))
    }
}

impl Identity {
    fn may_search(&self, facts: &fs::Metadata) -> bool {
        let bit = match (facts.uid() == self.uid, facts.gid() == self.gid) {
            (true, _) => 0o100,
            (false, true) => 0o010,
            (false, false) => 0o001,
        };
        facts.mode() & bit != 0
    }
}

fn pick(passwd: &str) -> Option<Identity> {
    let known: Vec<Identity> = passwd.lines().filter_map(read_entry).filter(|entry| entry.uid != 0).collect();
    let preferred = PREFERRED.iter().find_map(|name| known.iter().find(|entry| entry.name == *name));
    preferred.or(known.first()).cloned()
}

/// `name:password:uid:gid:…`; macOS writes the ids of `nobody` as -2.
fn read_entry(line: &str) -> Option<Identity> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty() && !name.starts_with(['#', '+', '-']))?;
    let id = |text: &str| text.parse::<i64>().ok().map(|id| id as u32);
    let uid = id(fields.nth(1)?)?;
    let gid = id(fields.next()?)?;
    Some(Identity { name: name.to_owned(), uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_a_named_account_that_is_not_root() {
        let name = |text: &str| pick(text).map(|entry| (entry.name, entry.uid, entry.gid));
        let root = "root:x:0:0:root:/root:/bin/sh\n";
        assert_eq!(name(root), None);
        let some = format!("# comment\n{root}app:x:1000:1000::/home/app:\nnobody:*:-2:-2::/:\n");
        assert_eq!(name(&some), Some(("nobody".into(), 4_294_967_294, 4_294_967_294)));
        let debian = format!("{root}nobody:x:65534:65534::/:\npostgres:x:101:104::/:\n");
        assert_eq!(name(&debian), Some(("postgres".into(), 101, 104)));
        assert_eq!(name(&format!("{root}app:x:1000:1001::/:\n")), Some(("app".into(), 1000, 1001)));
    }
}

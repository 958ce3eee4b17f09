//! Signing with a person's SSH key: a private key's file, or a public one whose private half an agent or a hardware key has.
//! Out: what is signed, and whose signature counts (`gate`).
//! Called by `approve` and `sign`.

use groundline_core::{Fault, Place, Result};
use groundline_gate::{Approver, Key, NAMESPACE, Signature, Statement, sign};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The keys that ssh looks for, in its order.
const USUAL: [&str; 4] = ["id_ed25519", "id_ed25519_sk", "id_ecdsa", "id_rsa"];

/// Signs a statement as an approver, with a key's file or with the usual one, and sees that the signature is the approver's.
///
/// # Errors
/// There is no key, it can't be used, its holder said no, or it is not the approver's.
pub fn sign_as(approver: &Approver, key: Option<&Path>, statement: &Statement) -> Result<Signature> {
    let text = statement.text();
    let signature = sign_with(key, &text)?;
    signature.verify(&approver.key, &text).map_err(|fault| {
        fault.next(format!("sign with the key that [owners] approvers has for {}", approver.name))
    })?;
    Ok(signature)
}

fn sign_with(key: Option<&Path>, text: &str) -> Result<Signature> {
    let file = match key {
        Some(file) => file.to_owned(),
        None => usual()?,
    };
    let content = std::fs::read_to_string(&file).map_err(|error| Fault::io("read the key", &file, &error))?;
    if content.contains("PRIVATE KEY-----") {
        let read = Key::read(&content, None).map_err(|fault| fault.at(Place::file(&file)))?;
        return sign(&read, text);
    }
    by_agent(&file, text)
}

fn usual() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let folder = home.map(|home| home.join(".ssh")).unwrap_or_default();
    let found = USUAL.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| {
        Fault::new("there is no SSH key to sign with")
            .why(format!("looked for {} in {}", USUAL.join(", "), folder.display()))
            .next("name one: --key FILE; or make one: ssh-keygen -t ed25519")
    })
}

/// Lets `ssh-keygen` sign, which asks the agent or the hardware key.
fn by_agent(public: &Path, text: &str) -> Result<Signature> {
    let failed = |why: String| {
        Fault::new("ssh-keygen could not sign")
            .at(Place::file(public))
            .why(why)
            .next("is the key in the agent? ssh-add -l lists them")
    };
    let child = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-n", NAMESPACE, "-f"])
        .arg(public)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(|error| failed(error.to_string()))?;
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    match output.status.success() {
        true => Ok(Signature(String::from_utf8_lossy(&output.stdout).into_owned())),
        false => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}

//! Signatures by the SSH keys that people have: a statement as text, signed and verified as `ssh-keygen -Y` does.
//! Out: where keys lie, who may sign what (`people`). Source: OpenSSH, PROTOCOL.sshsig.

use groundline_core::Fault;
use serde::{Deserialize, Serialize};
use ssh_key::{HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};
use std::fmt::Write as _;

/// The namespace of all signatures: a signature made for something else does not count.
pub const NAMESPACE: &str = "groundline";

/// What is signed: lines of `name: value`, in their order, after a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What it is: `groundline approval 1`.
    pub title: String,
    /// Names and values.
    pub facts: Vec<(String, String)>,
}

/// A signature, armored as `ssh-keygen -Y sign` writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(pub String);

/// A key that can sign, which was read from a file.
#[derive(Clone)]
pub struct Key(PrivateKey);

impl Statement {
    /// The text that is signed. A line end in a value would be another fact, so it becomes a space.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for (name, value) in &self.facts {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{name}: {}", value.replace(['\n', '\r'], " "));
        }
        text
    }

    /// The value of a fact.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

impl Key {
    /// Of a private key's file; `passphrase` where it has one.
    ///
    /// # Errors
    /// No OpenSSH key, or another passphrase.
    pub fn read(text: &str, passphrase: Option<&str>) -> Result<Self, Fault> {
        let unusable = |error: ssh_key::Error| Fault::new("the key can't be used").why(error.to_string());
        let key = PrivateKey::from_openssh(text).map_err(unusable)?;
        match (key.is_encrypted(), passphrase) {
            (false, _) => Ok(Self(key)),
            (true, Some(passphrase)) => key.decrypt(passphrase).map(Self).map_err(unusable),
            (true, None) => Err(Fault::new("the key has a passphrase")
                .next("add it to the agent (ssh-add), and name its .pub file: the agent signs then")),
        }
    }
}

/// Signs a text.
///
/// # Errors
/// A key of a kind that can't.
pub fn sign(key: &Key, text: &str) -> Result<Signature, Fault> {
    let cannot = |error: ssh_key::Error| Fault::new("the key can't sign").why(error.to_string());
    let signature = key.0.sign(NAMESPACE, HashAlg::Sha512, text.as_bytes()).map_err(cannot)?;
    signature.to_pem(LineEnding::LF).map(Signature).map_err(cannot)
}

impl Signature {
    /// Verifies it over a text, with a public key as a line of `authorized_keys` has it.
    ///
    /// # Errors
    /// Another key's, another text's, or no signature.
    pub fn verify(&self, key: &str, text: &str) -> Result<(), Fault> {
        let wrong = |what: &str, error: ssh_key::Error| Fault::new(what).why(error.to_string());
        let key = PublicKey::from_openssh(key.trim())
            .map_err(|error| wrong("the public key can't be read", error))?;
        let signature =
            SshSig::from_pem(&self.0).map_err(|error| wrong("the signature can't be read", error))?;
        if signature.public_key() != key.key_data() {
            return Err(Fault::new("the signature is by another key"));
        }
        key.verify(NAMESPACE, text.as_bytes(), &signature)
            .map_err(|error| wrong("the signature does not hold: what was signed is something else", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made for this test, and used nowhere.
    const KEY: &str = include_str!("../tests/keys/ed25519");
    const PUBLIC: &str = include_str!("../tests/keys/ed25519.pub");
    const OTHER: &str = include_str!("../tests/keys/other.pub");

    #[test]
    fn a_signature_holds_for_its_text_and_key_alone() {
        let statement = Statement {
            title: "groundline approval 1".into(),
            facts: vec![("plan".into(), "abc".into()), ("reason".into(), "a\nplan: x".into())],
        };
        assert_eq!(statement.text(), "groundline approval 1\nplan: abc\nreason: a plan: x\n");
        let signature = sign(&Key::read(KEY, None).unwrap(), &statement.text()).unwrap();
        assert!(signature.0.starts_with("-----BEGIN SSH SIGNATURE-----\n"));
        signature.verify(PUBLIC, &statement.text()).unwrap();
        assert_eq!(
            signature.verify(OTHER, &statement.text()).unwrap_err().what,
            "the signature is by another key"
        );
        assert!(signature.verify(PUBLIC, "groundline approval 1\nplan: abd\n").is_err());
        assert!(Signature("x".into()).verify(PUBLIC, "").is_err());
        assert!(Key::read("x", None).is_err());
    }
}

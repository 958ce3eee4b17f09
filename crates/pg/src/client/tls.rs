//! TLS as libpq's `sslmode` and its companions ask for it, done by rustls with ring.
//! Out: who connects. Source: PostgreSQL manual, 34.19 "SSL Support".

use groundline_core::{Fault, Place, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres::config::SslMode as DriverMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// libpq's `sslmode`, without `allow`, which is read as `prefer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// TLS as a connection string asks for it.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    mode: Mode,
    /// `sslrootcert`: a file, or `system`.
    root: Option<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Tls {
    /// The parameters that are read here and not by the driver.
    pub const PARAMETERS: [&'static str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

    /// No TLS.
    pub fn disabled() -> Self {
        Self { mode: Mode::Disable, root: None, certificate: None, key: None }
    }

    /// From the values of [`Self::PARAMETERS`].
    pub fn from_parameters(parameters: &[(String, String)]) -> Result<Self> {
        let find =
            |name| parameters.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let root = find("sslrootcert");
        let mode = match find("sslmode").as_deref() {
            // libpq: the system's roots mean nothing without the strictest check.
            None if root.as_deref() == Some("system") => Mode::VerifyFull,
            None | Some("prefer" | "allow") => Mode::Prefer,
            Some("disable") => Mode::Disable,
            // libpq: with a root certificate, `require` verifies it.
            Some("require") if root.is_some() => Mode::VerifyCa,
            Some("require") => Mode::Require,
            Some("verify-ca") => Mode::VerifyCa,
            Some("verify-full") => Mode::VerifyFull,
            Some(other) => {
                return Err(Fault::new(format!("sslmode {other:?} is not known"))
                    .next("known are disable, allow, prefer, require, verify-ca, verify-full"));
            }
        };
        Ok(Self {
            mode,
            root,
            certificate: find("sslcert").map(Into::into),
            key: find("sslkey").map(Into::into),
        })
    }

    /// What the driver has to insist on.
    pub fn driver_mode(&self) -> DriverMode {
        match self.mode {
            Mode::Disable => DriverMode::Disable,
            Mode::Prefer => DriverMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => DriverMode::Require,
        }
    }

    /// The connector, or `None` where TLS is not to be tried.
    pub fn connector(&self) -> Result<Option<MakeRustlsConnect>> {
        if self.mode == Mode::Disable {
            return Ok(None);
        }
        let provider = Arc::new(ring::default_provider());
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| setup(&error))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => builder
                .with_client_auth_cert(read_certificates(certificate)?, read_key(key)?)
                .map_err(|error| setup(&error))?,
            (None, None) => builder.with_no_client_auth(),
            _ => return Err(Fault::new("sslcert and sslkey are only of use together")),
        };
        // PostgreSQL 17+: with sslnegotiation=direct the protocol has to be named.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Some(MakeRustlsConnect::new(config)))
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
        let chain = match self.mode {
            Mode::VerifyCa | Mode::VerifyFull => {
                let roots = Arc::new(self.roots()?);
                let builder = WebPkiServerVerifier::builder_with_provider(roots, provider.clone());
                Some(builder.build().map_err(|error| setup(&error))?)
            }
            Mode::Disable | Mode::Prefer | Mode::Require => None,
        };
        Ok(match (chain, self.mode) {
            (Some(chain), Mode::VerifyFull) => chain,
            (chain, _) => Arc::new(Lenient { chain, provider: provider.clone() }),
        })
    }

    fn roots(&self) -> Result<RootCertStore> {
        let mut store = RootCertStore::empty();
        match self.root.as_deref() {
            Some("system") => {
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            root => {
                let home = || Some(directories::BaseDirs::new()?.home_dir().join(".postgresql/root.crt"));
                let path = root.map(PathBuf::from).or_else(home).ok_or_else(no_roots)?;
                if root.is_none() && !path.exists() {
                    return Err(no_roots());
                }
                store.add_parsable_certificates(read_certificates(&path)?);
            }
        }
        match store.is_empty() {
            true => Err(no_roots()),
            false => Ok(store),
        }
    }
}

/// Accepts any name (`verify-ca`), and with no chain to check, any certificate (`require`, `prefer`).
#[derive(Debug)]
struct Lenient {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        use CertificateError::{NotValidForName, NotValidForNameContext};
        match chain.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            // The name is checked last: the chain was good.
            Err(rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    certificates.map_err(|error| unreadable("certificate", path, &error))
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unreadable("key", path, &error))
}

fn unreadable(what: &str, path: &Path, error: &rustls::pki_types::pem::Error) -> Fault {
    Fault::new(format!("could not read the {what}")).at(Place::file(path)).why(error.to_string())
}

fn no_roots() -> Fault {
    Fault::new("there is no root certificate to verify the server with")
        .next("add sslrootcert=FILE or sslrootcert=system, or use sslmode=require, which does not verify")
}

fn setup(error: &dyn std::fmt::Display) -> Fault {
    Fault::new("could not set up TLS").why(error.to_string())
}

//! TLS to a source, by rustls with ring.

use std::sync::Arc;

use cadastre_model::Message;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::super::{Connection, FailureClass, SourceError, TlsMode};

/// The certificates of a PEM text as roots of trust; `None` when there is none or one is broken.
pub(in crate::sources::reader) fn trusted_certificates(pem: &str) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.ok()?).ok()?;
    }
    (!roots.is_empty()).then_some(roots)
}

/// Shakes hands on a line whose server has agreed to TLS. Bounded by the caller.
pub(super) async fn shake_hands(
    connection: &Connection,
    line: TcpStream,
) -> Result<TlsStream<TcpStream>, SourceError> {
    let name = ServerName::try_from(connection.bare_host())
        .map_err(|error| SourceError::new(FailureClass::Tls, Message::new("source-tls-name"), error))?;
    let connector = TlsConnector::from(Arc::new(client(connection)?));
    connector.connect(name, line).await.map_err(|error| refusal(&error))
}

fn client(connection: &Connection) -> Result<ClientConfig, SourceError> {
    let provider = Arc::new(ring::default_provider());
    let given = connection.ca.as_deref().and_then(trusted_certificates);
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let config = match (connection.tls, given) {
        (TlsMode::VerifyFull, Some(roots)) => builder.with_root_certificates(roots).with_no_client_auth(),
        (TlsMode::VerifyFull, None) => builder.with_root_certificates(machine_roots()?).with_no_client_auth(),
        (_, given) => {
            let chain = match given {
                Some(roots) => Some(
                    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                        .build()
                        .map_err(unusable)?,
                ),
                None => None,
            };
            let verifier = Arc::new(AnyName { chain, provider });
            builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
        }
    };
    Ok(config)
}

/// TLS to whoever a machine's own roots of trust vouch for, by their name. Reads files.
pub(crate) fn machine_tls() -> Result<ClientConfig, SourceError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    Ok(builder.with_root_certificates(machine_roots()?).with_no_client_auth())
}

fn unusable(error: impl std::fmt::Display) -> SourceError {
    SourceError::new(FailureClass::Tls, Message::new("source-tls-failed"), error)
}

/// What the machine trusts.
fn machine_roots() -> Result<RootCertStore, SourceError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        let message = Message::new("source-tls-no-roots");
        return Err(SourceError::new(FailureClass::Tls, message, "the machine trusts no certificate"));
    }
    Ok(roots)
}

fn refusal(error: &std::io::Error) -> SourceError {
    use CertificateError as Bad;
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let key = match inner {
        Some(rustls::Error::InvalidCertificate(bad)) => match bad {
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => "source-tls-name",
            Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "source-tls-expired"
            }
            // An authority of the same name with another key did not sign this either.
            Bad::UnknownIssuer | Bad::BadSignature => "source-tls-issuer",
            _ => "source-tls-certificate",
        },
        _ => "source-tls-failed",
    };
    SourceError::new(FailureClass::Tls, Message::new(key), error)
}

/// Takes a certificate for any name: of any issuer, or of the given ones. That is `require`, and says no more than
/// that nobody listens in passing.
#[derive(Debug)]
struct AnyName {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

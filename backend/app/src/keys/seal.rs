//! Sealing and signing: secrets in cells of the database, tokens that leave the house, heads of the history.
//!
//! A sealed value is a format byte, the key's id (8 bytes), a random nonce (12), then AES-256-GCM's ciphertext and
//! tag. What it belongs to is authenticated with it, so a value moved to another row, column or use does not open.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use ring::rand::SecureRandom;
use ring::signature::{ED25519, KeyPair, UnparsedPublicKey};
use thiserror::Error;

use super::{Key, KeyId, Keys};

/// Why something does not open or verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// It is no sealed value.
    #[error("this is no sealed value")]
    Malformed,
    /// It was sealed by a key that is not in the key file.
    #[error("sealed by key {0}, which is not in the key file")]
    UnknownKey(KeyId),
    /// It was changed, or belongs elsewhere.
    #[error("the sealed value was changed, or belongs elsewhere")]
    Tampered,
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

const FORMAT: u8 = 1;
const ID: usize = 8;
const HEAD: usize = 1 + ID + NONCE_LEN;

impl Keys {
    /// Seals a secret for one cell: the table, the id of the row, the column.
    pub fn seal(&self, table: &str, row: i64, column: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.last();
        self.lock(
            &key.cells,
            key.id,
            &place(&[table.as_bytes(), &row.to_be_bytes(), column.as_bytes()]),
            plain,
        )
    }

    /// Opens what [`Keys::seal`] sealed for the same cell.
    pub fn open(&self, table: &str, row: i64, column: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let place = place(&[table.as_bytes(), &row.to_be_bytes(), column.as_bytes()]);
        self.unlock(|key| &key.cells, &place, sealed)
    }

    /// The id of the key that sealed this: for the rotation, which seals anew what an older key sealed.
    pub fn sealed_by(&self, sealed: &[u8]) -> Result<KeyId, SealError> {
        match sealed {
            [FORMAT, rest @ ..] => rest.first_chunk::<ID>().map(|id| KeyId(*id)).ok_or(SealError::Malformed),
            _ => Err(SealError::Malformed),
        }
    }

    /// Seals bytes that leave the house and come back, such as a cursor or a cookie, as URL-safe text. One purpose
    /// does not open what was sealed for another. There is no expiry: put one into the bytes.
    pub fn seal_token(&self, purpose: &str, bytes: &[u8]) -> Result<String, SealError> {
        let key = self.last();
        let sealed = self.lock(&key.tokens, key.id, &place(&[purpose.as_bytes()]), bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what [`Keys::seal_token`] sealed for the same purpose.
    pub fn open_token(&self, purpose: &str, text: &str) -> Result<Vec<u8>, SealError> {
        let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Malformed)?;
        self.unlock(|key| &key.tokens, &place(&[purpose.as_bytes()]), &sealed)
    }

    /// Signs a version and its head (ed25519), as `key id.signature` in URL-safe base64.
    pub fn sign_head(&self, version: i64, head: &[u8]) -> String {
        let key = self.last();
        let signature = key.heads.sign(&message(version, head));
        format!("{}.{}", key.id, URL_SAFE_NO_PAD.encode(signature))
    }

    /// Checks a signature of [`Keys::sign_head`], by whichever key of the file made it.
    pub fn verify_head(&self, version: i64, head: &[u8], signature: &str) -> Result<(), SealError> {
        let (id, signature) = signature.split_once('.').ok_or(SealError::Malformed)?;
        let id: KeyId = id.parse().map_err(|_| SealError::Malformed)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| SealError::Malformed)?;
        let key = self.find(id).ok_or(SealError::UnknownKey(id))?;
        UnparsedPublicKey::new(&ED25519, key.heads.public_key())
            .verify(&message(version, head), &signature)
            .map_err(|_| SealError::Tampered)
    }

    fn lock(&self, key: &LessSafeKey, id: KeyId, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let mut body = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(place, id), &mut body)
            .map_err(|_| SealError::Malformed)?;
        Ok([&[FORMAT][..], &id.0, &nonce, &body].concat())
    }

    fn unlock(
        &self,
        which: impl Fn(&Key) -> &LessSafeKey,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let id = self.sealed_by(sealed)?;
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(SealError::Malformed)?;
        let key = self.find(id).ok_or(SealError::UnknownKey(id))?;
        let nonce = Nonce::try_assume_unique_for_key(&head[1 + ID..]).map_err(|_| SealError::Malformed)?;
        let mut body = body.to_vec();
        let plain =
            which(key).open_in_place(nonce, aad(place, id), &mut body).map_err(|_| SealError::Tampered)?;
        Ok(plain.to_vec())
    }
}

/// The parts with their lengths before them, so that no two places read alike.
fn place(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn aad(place: &[u8], id: KeyId) -> Aad<Vec<u8>> {
    Aad::from([&[FORMAT][..], place, &id.0].concat())
}

fn message(version: i64, head: &[u8]) -> Vec<u8> {
    place(&[b"cadastre head 1", &version.to_be_bytes(), head])
}

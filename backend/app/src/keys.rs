//! The key file: what seals secrets in the database and signs the heads of its change sets, kept outside of it.
//!
//! A line of the file is one key: 32 random bytes in base64. The last line seals and signs; all lines open and
//! verify, so that a new key is a new line, and an old one goes when nothing is sealed by it any more. From each
//! line the keys for its uses are derived by HKDF, and its id, which is also its fingerprint.
//! Not here: passwords (argon2id, one way), tokens and sessions (only hashes are stored).

mod bind;
mod file;
mod reseal;
mod seal;
mod weak;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::start::StartError;

pub use bind::{Recorded, bind, recorded};
pub use reseal::{Resealed, RotateError, Use, remove, reseal, uses};
pub use seal::SealError;

/// How many bytes a key has.
const LENGTH: usize = 32;
const PURPOSE: &[u8] = b"cadastre key 1";

/// The id of a key, and its fingerprint: it says which key without saying anything of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl FromStr for KeyId {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut id = [0; 8];
        hex::decode_to_slice(text, &mut id)?;
        Ok(KeyId(id))
    }
}

/// One line of the key file, with what is derived from it.
struct Key {
    id: KeyId,
    secret: [u8; LENGTH],
    cells: ring::aead::LessSafeKey,
    tokens: ring::aead::LessSafeKey,
    heads: Ed25519KeyPair,
}

/// The keys of the register. Never printed: `Debug` shows the ids.
pub struct Keys {
    /// Never empty; the last one is current.
    ring: Vec<Key>,
    random: SystemRandom,
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.ids()).finish()
    }
}

impl Keys {
    /// Reads the key file. One that is missing, weak, or open to others is an error that says what to do.
    pub fn read(path: &Path) -> Result<Self, StartError> {
        let text = file::read(path)?;
        Keys::parse(&text).map_err(|why| StartError::Keys { file: path.to_owned(), why })
    }

    /// Reads the key file, or makes one with a new key where there is none. The second value says whether it was
    /// made. Two that start at once agree on one file.
    pub fn read_or_make(path: &Path) -> Result<(Self, bool), StartError> {
        if path.exists() {
            return Ok((Keys::read(path)?, false));
        }
        let made = file::make(path, &Keys::fresh()?)?;
        Ok((Keys::read(path)?, made))
    }

    /// Adds a new key to the file; it seals from the next start on, and the old ones still open.
    pub fn rotate(path: &Path) -> Result<Self, StartError> {
        let text = file::read(path)?;
        file::replace(path, &format!("{}\n{}\n", text.trim_end(), Keys::fresh()?))?;
        Keys::read(path)
    }

    /// Puts other keys in the place of a key file, or makes it: the text of a key file, all of whose keys are good.
    pub fn replace(path: &Path, text: &str) -> Result<(), StartError> {
        Keys::parse(text).map_err(|why| StartError::Keys { file: path.to_owned(), why })?;
        if file::make(path, text)? { Ok(()) } else { file::replace(path, text) }
    }

    /// These keys as lines of a key file. It is the secret itself.
    pub(crate) fn text(&self) -> String {
        self.ring.iter().map(|key| format!("{}\n", STANDARD.encode(key.secret))).collect()
    }

    /// Reads keys from the text of a key file. The error says what is wrong with which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let ring = lines
            .map(|(number, line)| Key::parse(line).map_err(|why| format!("line {number}: {why}")))
            .collect::<Result<Vec<_>, _>>()?;
        if ring.is_empty() {
            return Err(
                "holds no key: restore it from your backup, or delete it if the register is new".into()
            );
        }
        Ok(Keys { ring, random: SystemRandom::new() })
    }

    /// The id of the key that seals and signs now.
    pub fn current(&self) -> KeyId {
        self.last().id
    }

    /// The ids of all keys, the oldest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.ring.iter().map(|key| key.id)
    }

    /// Whether what was sealed by the key of this id can be opened.
    pub fn has(&self, id: KeyId) -> bool {
        self.find(id).is_some()
    }

    /// The public half of the current signing key, for those who verify heads elsewhere (ed25519, 32 bytes).
    pub fn public_key(&self) -> &[u8] {
        self.last().heads.public_key().as_ref()
    }

    /// `count` random bytes in URL-safe base64: for tokens, links and passwords that people get once.
    pub fn random_text(&self, count: usize) -> Result<String, SealError> {
        let mut bytes = vec![0; count];
        self.random.fill(&mut bytes).map_err(|_| SealError::NoRandomness)?;
        Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
    }

    fn last(&self) -> &Key {
        &self.ring[self.ring.len() - 1]
    }

    fn find(&self, id: KeyId) -> Option<&Key> {
        self.ring.iter().find(|key| key.id == id)
    }

    /// One line for the key file with a new random key.
    fn fresh() -> Result<String, StartError> {
        let mut secret = [0; LENGTH];
        SystemRandom::new().fill(&mut secret).map_err(|_| StartError::Keys {
            file: PathBuf::from("(new)"),
            why: "the system gives no random bytes".into(),
        })?;
        Ok(STANDARD.encode(secret))
    }
}

impl Key {
    fn parse(line: &str) -> Result<Self, String> {
        let bytes =
            STANDARD.decode(line).map_err(|_| "is no key: 32 bytes in base64 are expected".to_owned())?;
        let secret: [u8; LENGTH] = bytes.try_into().map_err(|bytes: Vec<u8>| {
            format!("the key has {} bytes, {LENGTH} are needed: {}", bytes.len(), weak::MAKE)
        })?;
        weak::check(&secret)?;
        Key::derive(secret).ok_or_else(|| "the keys could not be derived".into())
    }

    fn derive(secret: [u8; LENGTH]) -> Option<Self> {
        let root = Salt::new(HKDF_SHA256, PURPOSE).extract(&secret);
        let id: [u8; 8] = expand(&root, b"id")?;
        let aead = |info| {
            let bytes: [u8; 32] = expand(&root, info)?;
            let key = ring::aead::UnboundKey::new(&ring::aead::AES_256_GCM, &bytes).ok()?;
            Some(ring::aead::LessSafeKey::new(key))
        };
        let seed: [u8; 32] = expand(&root, b"heads")?;
        let heads = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
        Some(Key { id: KeyId(id), secret, cells: aead(b"cells")?, tokens: aead(b"tokens")?, heads })
    }
}

/// How many bytes to derive.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(root: &Prk, info: &[u8]) -> Option<[u8; N]> {
    let mut out = [0; N];
    root.expand(&[info], Bytes(N)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests;

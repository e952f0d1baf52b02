//! The file of a backup: a tar whose last entry is the manifest.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tar::{Archive, Builder, Header};

use super::{BackupError, FORMAT, Manifest, at};

const DUMP: &str = "database.dump";
const KEYS: &str = "keys";
const MANIFEST: &str = "manifest.json";
/// The manifest and the keys are small; a file that says otherwise is none of ours.
const SMALL: u64 = 1 << 20;

/// A backup that is being written; without [`Draft::finish`] nothing of it is left.
pub(super) struct Draft {
    path: PathBuf,
    draft: PathBuf,
    builder: Option<Builder<File>>,
}

impl Draft {
    pub(super) fn new(path: &Path) -> Result<Self, BackupError> {
        let refused = |why: &str| BackupError::File { path: path.to_owned(), why: why.to_owned() };
        if path.exists() {
            return Err(refused("is there already: move it away, or give another name"));
        }
        let draft = path.with_added_extension("partial");
        let mut options = OpenOptions::new();
        let open = options.read(true).write(true).create(true).truncate(true).mode(0o600).open(&draft);
        let file = open.map_err(at(path))?;
        file.try_lock().map_err(|_| refused("another backup is being written to it"))?;
        Ok(Draft { path: path.to_owned(), draft, builder: Some(Builder::new(file)) })
    }

    fn builder(&mut self) -> Result<&mut Builder<File>, BackupError> {
        let closed = || BackupError::File { path: self.path.clone(), why: "is closed".into() };
        self.builder.as_mut().ok_or_else(closed)
    }

    /// Writes the dump by `write`, which is given the entry; returns its size and SHA-256 in hex.
    pub(super) async fn dump(
        &mut self,
        write: impl AsyncFnOnce(&mut Hashed<'_>) -> Result<(), BackupError>,
    ) -> Result<(u64, String), BackupError> {
        let path = self.path.clone();
        let mut header = header();
        let entry = self.builder()?.append_writer(&mut header, DUMP).map_err(at(&path))?;
        let mut hashed = Hashed { entry, hash: Sha256::new(), bytes: 0 };
        write(&mut hashed).await?;
        hashed.entry.finish().map_err(at(&path))?;
        Ok((hashed.bytes, hex::encode(hashed.hash.finalize())))
    }

    pub(super) fn keys(&mut self, text: &str) -> Result<(), BackupError> {
        self.small(KEYS, text.as_bytes())
    }

    fn small(&mut self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let path = self.path.clone();
        let mut header = header();
        header.set_size(bytes.len() as u64);
        self.builder()?.append_data(&mut header, name, bytes).map_err(at(&path))
    }

    /// Writes the manifest, and gives the file its name.
    pub(super) fn finish(mut self, manifest: &Manifest) -> Result<(), BackupError> {
        let text =
            serde_json::to_vec_pretty(manifest).map_err(|why| BackupError::Refused(why.to_string()))?;
        self.small(MANIFEST, &text)?;
        let Some(builder) = self.builder.take() else { return Ok(()) };
        let file = builder.into_inner().map_err(at(&self.path))?;
        file.sync_all().map_err(at(&self.path))?;
        std::fs::rename(&self.draft, &self.path).map_err(at(&self.path))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.builder.take().is_some()
            && let Err(why) = std::fs::remove_file(&self.draft)
        {
            tracing::warn!("cannot remove {}: {why}", self.draft.display());
        }
    }
}

fn header() -> Header {
    let mut header = Header::new_gnu();
    header.set_mode(0o600);
    header
}

/// The entry of the dump: counts and hashes what is written.
pub(super) struct Hashed<'a> {
    entry: tar::EntryWriter<'a>,
    hash: Sha256,
    bytes: u64,
}

impl Hashed<'_> {
    pub(super) fn write(&mut self, bytes: &[u8]) -> std::io::Result<u64> {
        self.entry.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(self.bytes)
    }
}

/// A backup that is read.
pub(super) struct Opened {
    path: PathBuf,
    file: File,
    pub(super) manifest: Manifest,
    /// The text of the key file, if it is inside.
    pub(super) keys: Option<String>,
    /// Where the dump lies in the file.
    dump: (u64, u64),
}

impl Opened {
    /// Reads everything but the dump, and checks the dump's checksum.
    pub(super) fn new(path: &Path) -> Result<Self, BackupError> {
        let refused = |why: &str| BackupError::File { path: path.to_owned(), why: why.to_owned() };
        let file = File::open(path).map_err(at(path))?;
        let (mut manifest, mut keys, mut dump) = (None, None, None);
        let mut archive = Archive::new(file.try_clone().map_err(at(path))?);
        for entry in archive.entries_with_seek().map_err(at(path))? {
            let mut entry = entry.map_err(|_| refused("is no backup of Cadastre, or was cut short"))?;
            let name = entry.path().map_err(at(path))?.to_string_lossy().into_owned();
            match name.as_str() {
                DUMP => dump = Some((entry.raw_file_position(), entry.size())),
                KEYS => keys = Some(text(&mut entry).map_err(at(path))?),
                MANIFEST => manifest = Some(text(&mut entry).map_err(at(path))?),
                _ => return Err(refused("is no backup of Cadastre")),
            }
        }
        let (Some(manifest), Some(dump)) = (manifest, dump) else {
            return Err(refused("is no backup of Cadastre, or was cut short: it has no manifest"));
        };
        let manifest: Manifest =
            serde_json::from_str(&manifest).map_err(|_| refused("its manifest cannot be read"))?;
        if manifest.format != FORMAT {
            return Err(refused("was made by a newer Cadastre: restore it with that one"));
        }
        let mut opened = Opened { path: path.to_owned(), file, manifest, keys, dump };
        if opened.checksum().map_err(at(path))? != opened.manifest.dump_sha256 {
            return Err(refused("was damaged: its dump does not have the checksum that the manifest says"));
        }
        Ok(opened)
    }

    /// The dump, to be read from its first byte; the second value is its size.
    pub(super) fn dump(&mut self) -> Result<(File, u64), BackupError> {
        let seek = self.file.seek(SeekFrom::Start(self.dump.0)).and_then(|_| self.file.try_clone());
        seek.map(|file| (file, self.dump.1)).map_err(at(&self.path))
    }

    fn checksum(&mut self) -> std::io::Result<String> {
        self.file.seek(SeekFrom::Start(self.dump.0))?;
        let mut hash = Sha256::new();
        std::io::copy(&mut (&self.file).take(self.dump.1), &mut hash)?;
        Ok(hex::encode(hash.finalize()))
    }
}

fn text(entry: &mut impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    entry.take(SMALL).read_to_string(&mut text)?;
    Ok(text)
}

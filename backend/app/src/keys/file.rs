//! The key file on disk: readable by its owner only, and never half written.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::start::StartError;

const HEAD: &str = "\
# The keys of this Cadastre: they open the secrets in its database and sign its history.
# Keep a copy of this file apart from the backups of the database. Without it the secrets are lost.
# One key a line, 32 random bytes in base64; the last one seals, all of them open.
";

/// The text of the file; an error when others than owner and group may read or change it.
pub(super) fn read(path: &Path) -> Result<String, StartError> {
    let text = fs::read_to_string(path).map_err(|why| failed(path, &why))?;
    let mode = fs::metadata(path).map_err(|why| failed(path, &why))?.permissions().mode();
    if mode & 0o027 != 0 {
        let why =
            format!("others may read or change it (mode {:o}): chmod 600 {}", mode & 0o777, path.display());
        return Err(StartError::Keys { file: path.to_owned(), why });
    }
    Ok(text)
}

/// Writes a file with one key, whole or not at all; false when somebody else made one meanwhile.
pub(super) fn make(path: &Path, keys: &str) -> Result<bool, StartError> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|why| failed(path, &why))?;
    }
    let draft = write_draft(path, &format!("{HEAD}{keys}\n"))?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(|why| failed(path, &why))?;
    match linked {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(why) if why.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(why) => Err(failed(path, &why)),
    }
}

/// Puts another text in the place of the file, whole or not at all.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), StartError> {
    let draft = write_draft(path, text)?;
    fs::rename(&draft, path).map_err(|why| failed(path, &why))?;
    sync_folder(path)
}

fn write_draft(path: &Path, text: &str) -> Result<PathBuf, StartError> {
    let draft = path.with_extension(format!("{}.draft", uuid::Uuid::new_v4()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map(|()| draft.clone()).map_err(|why| failed(path, &why))
}

fn sync_folder(path: &Path) -> Result<(), StartError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| failed(path, &why))
}

fn failed(path: &Path, why: &std::io::Error) -> StartError {
    let why = match why.kind() {
        ErrorKind::NotFound => "is not there: restore it from your backup, or name it by key_file".to_owned(),
        ErrorKind::PermissionDenied => {
            "this user may not read or make it: name another by key_file".to_owned()
        }
        ErrorKind::InvalidData => "is no text".to_owned(),
        _ => why.to_string(),
    };
    StartError::Keys { file: path.to_owned(), why }
}

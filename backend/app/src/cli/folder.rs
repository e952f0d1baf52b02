//! Texts of a folder.

use std::path::{Path, PathBuf};

use super::Refusal;

/// A text that is larger is not read at all, in bytes.
const LARGEST: u64 = 16 << 20;

/// The files of a folder and below with one of the endings, by name; a file by itself whatever its ending. Names are
/// paths from the folder, with `/`.
pub(super) fn files(path: &Path, endings: &[&str]) -> Result<Vec<(String, PathBuf)>, Refusal> {
    if path.is_file() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![(name, path.to_owned())]);
    }
    let (mut left, mut found) = (vec![path.to_owned()], Vec::new());
    while let Some(folder) = left.pop() {
        let unreadable = |why: std::io::Error| Refusal::new(format!("{}: {why}", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            // A link may lead round in a circle: it is not followed.
            let kind_of = entry.file_type().map_err(unreadable)?;
            if kind_of.is_dir() {
                left.push(path);
            } else if kind_of.is_file()
                && path
                    .extension()
                    .is_some_and(|end| endings.iter().any(|known| end.eq_ignore_ascii_case(known)))
            {
                found.push(path);
            }
        }
    }
    let name = |file: PathBuf| {
        let parts = file.strip_prefix(path).unwrap_or(&file).components();
        let name =
            parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
        (name, file)
    };
    let mut files: Vec<(String, PathBuf)> = found.into_iter().map(name).collect();
    files.sort();
    if files.is_empty() {
        let endings = endings.join(", .");
        return Err(Refusal::new(format!("{}: no file ends in .{endings}", path.display())));
    }
    Ok(files)
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String, Refusal> {
    let told = |why: &dyn std::fmt::Display| Refusal::new(format!("{}: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|why| told(&why))?.len();
    if size > LARGEST {
        return Err(told(&"it is larger than 16 MiB"));
    }
    let bytes = std::fs::read(path).map_err(|why| told(&why))?;
    String::from_utf8(bytes).map_err(|_| told(&"it is not UTF-8 text"))
}

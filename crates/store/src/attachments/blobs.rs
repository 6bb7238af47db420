//! Folder of contents: each lies under its SHA-256, so equal contents lie there once.
//!
//! A content is written to a temporary file, synced and renamed. It never changes afterwards.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use obcms_domain::core::hex::hex;
use sha2::{Digest, Sha256};

/// Folder of contents that are being written.
const STAGING: &str = "incoming";
/// Bytes that are read at once.
const PIECE: usize = 128 * 1024;

/// Folder of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blobs {
    folder: PathBuf,
}

/// Returns true for a SHA-256 in hexadecimal, the only names that become paths.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn foreign(hash: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{hash} is not a SHA-256"))
}

impl Blobs {
    /// Returns the contents in a folder, which is created with the first one.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, hash: &str) -> io::Result<PathBuf> {
        if !is_hash(hash) {
            return Err(foreign(hash));
        }
        Ok(self.folder.join(&hash[..2]).join(&hash[2..]))
    }

    /// Starts a new content; `name` is unique among those that are being written.
    pub fn stage(&self, name: &str) -> io::Result<StagedBlob> {
        let folder = self.folder.join(STAGING);
        make_folder(&folder)?;
        let path = folder.join(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(StagedBlob { path, file, digest: Sha256::new(), size: 0 })
    }

    /// Puts a sealed content in its place; does nothing if it lies there already.
    pub fn keep(&self, staged: &SealedBlob<'_>) -> io::Result<()> {
        let path = self.path(staged.hash)?;
        if fs::metadata(&path).is_ok_and(|found| found.len() == staged.size) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.folder);
        make_folder(folder)?;
        fs::rename(staged.path, &path)?;
        File::open(folder)?.sync_all()
    }

    /// Opens a content.
    pub fn open(&self, hash: &str) -> io::Result<File> {
        File::open(self.path(hash)?)
    }

    /// Returns the size of a content in bytes; nothing if it is missing.
    pub fn size(&self, hash: &str) -> io::Result<Option<u64>> {
        match fs::metadata(self.path(hash)?) {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns true if a content is there and has its hash.
    pub fn is_whole(&self, hash: &str) -> io::Result<bool> {
        let mut file = match self.open(hash) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let mut digest = Sha256::new();
        each_piece(&mut file, |piece| {
            digest.update(piece);
            Ok::<_, io::Error>(())
        })?;
        Ok(hex(&digest.finalize()) == hash)
    }

    /// Deletes a content; a missing one is fine.
    pub fn remove(&self, hash: &str) -> io::Result<()> {
        match fs::remove_file(self.path(hash)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns all contents of the folder with their sizes.
    pub fn all(&self) -> io::Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        for folder in entries(&self.folder)? {
            let Some(start) =
                folder.file_name().to_str().filter(|name| name.len() == 2).map(ToOwned::to_owned)
            else {
                continue;
            };
            for file in entries(&folder.path())? {
                let hash = format!("{start}{}", file.file_name().to_string_lossy());
                if is_hash(&hash) {
                    found.push((hash, file.metadata()?.len()));
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Deletes what interrupted uploads before that time left.
    pub fn forget_staged(&self, before: Timestamp) -> io::Result<()> {
        for file in entries(&self.folder.join(STAGING))? {
            let changed = Timestamp::try_from(file.metadata()?.modified()?).map_err(io::Error::other)?;
            if changed < before {
                match fs::remove_file(file.path()) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Passes a file to `each`, piece by piece.
pub(crate) fn each_piece<E: From<io::Error>>(
    file: &mut impl Read,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut buffer = vec![0; PIECE];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => each(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Returns the entries of a folder; none if it does not exist.
fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// Content that is being written; deleted when it is dropped before it was put in its place.
#[derive(Debug)]
pub struct StagedBlob {
    path: PathBuf,
    file: File,
    digest: Sha256,
    size: u64,
}

/// Content that is written and synced.
#[derive(Clone, Copy, Debug)]
pub struct SealedBlob<'a> {
    path: &'a Path,
    /// SHA-256 in hexadecimal.
    pub hash: &'a str,
    /// Size in bytes.
    pub size: u64,
}

impl StagedBlob {
    /// Appends bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Returns the number of bytes so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Opens the content for reading, from its beginning.
    pub fn read(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// Syncs the content. Returns its hash.
    pub fn sync(&mut self) -> io::Result<String> {
        self.file.sync_all()?;
        Ok(hex(&self.digest.clone().finalize()))
    }

    /// Returns the content under the hash that [`StagedBlob::sync`] returned.
    #[must_use]
    pub fn sealed<'a>(&'a self, hash: &'a str) -> SealedBlob<'a> {
        SealedBlob { path: &self.path, hash, size: self.size }
    }
}

impl Drop for StagedBlob {
    fn drop(&mut self) {
        // After it was put in its place, there is nothing left.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> Blobs {
        let path = std::env::temp_dir().join(format!("obcms-blobs-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Blobs::new(path)
    }

    fn put(blobs: &Blobs, name: &str, content: &[u8]) -> String {
        let mut staged = blobs.stage(name).unwrap();
        staged.write(content).unwrap();
        let hash = staged.sync().unwrap();
        blobs.keep(&staged.sealed(&hash)).unwrap();
        hash
    }

    #[test]
    fn equal_contents_lie_there_once() {
        let blobs = folder("once");
        let hash = put(&blobs, "a", b"water");
        assert_eq!(put(&blobs, "b", b"water"), hash);
        assert_eq!(blobs.all().unwrap(), [(hash.clone(), 5)]);
        assert!(blobs.is_whole(&hash).unwrap());
        assert_eq!(entries(&blobs.folder.join(STAGING)).unwrap().len(), 0, "nothing is left");
        blobs.remove(&hash).unwrap();
        blobs.remove(&hash).unwrap();
        assert_eq!((blobs.size(&hash).unwrap(), blobs.is_whole(&hash).unwrap()), (None, false));
        fs::remove_dir_all(blobs.folder()).unwrap();
    }

    #[test]
    fn damaged_content_is_noticed_and_replaced() {
        let blobs = folder("damaged");
        let hash = put(&blobs, "a", b"water");
        fs::write(blobs.path(&hash).unwrap(), b"wat").unwrap();
        assert!(!blobs.is_whole(&hash).unwrap());
        put(&blobs, "b", b"water");
        assert!(blobs.is_whole(&hash).unwrap());
        fs::remove_dir_all(blobs.folder()).unwrap();
    }

    #[test]
    fn interrupted_uploads_are_deleted() {
        let blobs = folder("left");
        make_folder(&blobs.folder.join(STAGING)).unwrap();
        fs::write(blobs.folder.join(STAGING).join("old"), b"half").unwrap();
        blobs.forget_staged(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(entries(&blobs.folder.join(STAGING)).unwrap().len(), 1);
        blobs.forget_staged(Timestamp::MAX).unwrap();
        assert_eq!(entries(&blobs.folder.join(STAGING)).unwrap().len(), 0);
        fs::remove_dir_all(blobs.folder()).unwrap();
    }

    #[test]
    fn only_hashes_become_paths() {
        let blobs = folder("paths");
        for hostile in ["../../etc/passwd", "", "ab", &"A".repeat(64), &format!("../{}", "a".repeat(61))] {
            assert!(blobs.open(hostile).is_err_and(|error| error.kind() == io::ErrorKind::InvalidInput));
        }
        assert!(blobs.all().unwrap().is_empty());
    }
}

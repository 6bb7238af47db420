//! Reader of backups, which refuses incomplete files.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use obcms_domain::core::hex::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{BackupError, DataFile, FORMAT, Manifest, Part, Summary, VERSION, seal};
use crate::attachments::is_hash;
use crate::migrations;

/// Maximum length of a line in bytes, so that a forged file cannot exhaust memory.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;

/// Part of a backup, in file order.
pub(super) enum Item {
    /// Name and columns of a table, followed by its rows.
    Table(String, Vec<String>),
    /// Line with one row.
    Row(String),
    /// End of the rows of a table.
    End,
    /// File of the data directory.
    File(DataFile),
    /// Hash of the content of an attached file, followed by its pieces.
    Content(String),
    /// Piece of a content; the last one completes it.
    Piece {
        /// Bytes.
        bytes: Vec<u8>,
        /// True for the last piece.
        is_last: bool,
    },
    /// End of the backup.
    Summary(Summary),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    table: String,
    columns: Vec<[String; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: String,
    rows: u64,
    sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    file: String,
    content: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContentHead {
    blob: String,
    size: u64,
}

/// Content of an attached file that is being read.
struct OpenContent {
    hash: String,
    left: u64,
    digest: Sha256,
}

/// Reader of a backup, which verifies the checksums while it reads.
pub struct Reader {
    lines: BufReader<GzDecoder<std::io::Take<BufReader<File>>>>,
    /// First line of the backup.
    pub manifest: Manifest,
    seen: Summary,
    table: Option<(String, u64, Sha256)>,
    content: Option<OpenContent>,
    is_over: bool,
}

fn refused(reason: impl Into<String>) -> BackupError {
    BackupError::Refused(reason.into())
}

fn damaged(what: &str) -> BackupError {
    refused(format!("it is damaged: {what}"))
}

impl Reader {
    /// Opens a backup and verifies its seal and manifest.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(refused("it is not a file"));
        }
        let sealed = seal::check(BufReader::new(File::open(path)?), metadata.len())?.map_err(refused)?;
        let stream = BufReader::new(File::open(path)?).take(sealed);
        let mut lines = BufReader::with_capacity(128 * 1024, GzDecoder::new(stream));
        let first = next_line(&mut lines)?.ok_or_else(|| damaged("it has no content"))?;
        let manifest: Manifest =
            serde_json::from_str(&first).map_err(|_| damaged("its first line cannot be read"))?;
        if manifest.format != FORMAT {
            return Err(damaged("its first line is of another format"));
        }
        if manifest.version > VERSION {
            return Err(refused(format!(
                "its format {} is newer than this program knows ({VERSION}); use the obcms that made it, {} or newer",
                manifest.version, manifest.program
            )));
        }
        if manifest.schema > migrations::newest() {
            return Err(refused(format!(
                "its schema {} is newer than this program knows ({}); use the obcms that made it, {} or newer",
                manifest.schema,
                migrations::newest(),
                manifest.program
            )));
        }
        Ok(Self { lines, manifest, seen: Summary::default(), table: None, content: None, is_over: false })
    }

    /// Returns the next part, or nothing after the summary.
    pub(super) fn next(&mut self) -> Result<Option<Item>, BackupError> {
        let Some(line) = next_line(&mut self.lines)? else {
            return if self.is_over { Ok(None) } else { Err(damaged("its end is missing")) };
        };
        if self.is_over {
            return Err(damaged("something follows its end"));
        }
        if let Some(content) = self.content.take() {
            return self.piece(content, &line).map(Some);
        }
        if let Some((name, count, mut digest)) = self.table.take() {
            if line.starts_with('[') {
                digest.update(line.as_bytes());
                digest.update(b"\n");
                self.table = Some((name, count + 1, digest));
                return Ok(Some(Item::Row(line)));
            }
            let end: End = serde_json::from_str(&line).map_err(|_| damaged("a line cannot be read"))?;
            let part = Part { count, sha256: hex(&digest.finalize()) };
            if end.end != name || end.rows != part.count || end.sha256 != part.sha256 {
                return Err(damaged(&format!("the rows of {name} do not match their checksum")));
            }
            self.seen.tables.insert(name, part);
            return Ok(Some(Item::End));
        }
        if let Ok(Head { table, columns }) = serde_json::from_str(&line) {
            if self.seen.tables.contains_key(&table) {
                return Err(damaged(&format!("{table} is there twice")));
            }
            self.table = Some((table.clone(), 0, Sha256::new()));
            let columns = columns.into_iter().map(|[name, _]| name).collect();
            return Ok(Some(Item::Table(table, columns)));
        }
        if let Ok(Content { file, content }) = serde_json::from_str(&line) {
            let content = bytes(&content).ok_or_else(|| damaged(&format!("{file} cannot be read")))?;
            let part = Part { count: content.len() as u64, sha256: hex(&Sha256::digest(&content)) };
            self.seen.files.insert(file.clone(), part);
            return Ok(Some(Item::File(DataFile { name: file, content })));
        }
        if let Ok(ContentHead { blob, size }) = serde_json::from_str(&line) {
            if !is_hash(&blob) || size == 0 {
                return Err(damaged("a line cannot be read"));
            }
            self.seen.contents.count += 1;
            self.seen.contents.bytes += size;
            self.content = Some(OpenContent { hash: blob.clone(), left: size, digest: Sha256::new() });
            return Ok(Some(Item::Content(blob)));
        }
        let summary: Summary = serde_json::from_str(&line).map_err(|_| damaged("a line cannot be read"))?;
        let contents = |summary: &Summary| (summary.contents.count, summary.contents.bytes);
        let is_same = contents(&summary) == contents(&self.seen);
        if summary.tables != self.seen.tables || summary.files != self.seen.files || !is_same {
            return Err(damaged("its content does not match its summary"));
        }
        self.is_over = true;
        Ok(Some(Item::Summary(summary)))
    }

    /// Reads the next piece of a content, and compares its hash at its end.
    fn piece(&mut self, mut content: OpenContent, line: &str) -> Result<Item, BackupError> {
        let short = || damaged(&format!("the content {} cannot be read", content.hash));
        let text: String = serde_json::from_str(line).map_err(|_| short())?;
        let bytes = bytes(&text).filter(|bytes| !bytes.is_empty()).ok_or_else(short)?;
        content.left = content.left.checked_sub(bytes.len() as u64).ok_or_else(short)?;
        content.digest.update(&bytes);
        let is_last = content.left == 0;
        if !is_last {
            self.content = Some(content);
        } else if hex(&content.digest.finalize()) != content.hash {
            return Err(damaged(&format!("the content {} does not match its hash", content.hash)));
        }
        Ok(Item::Piece { bytes, is_last })
    }
}

fn next_line(lines: &mut impl BufRead) -> Result<Option<String>, BackupError> {
    let mut line = String::new();
    match lines.take(LONGEST_LINE).read_line(&mut line) {
        Ok(0) => Ok(None),
        Ok(_) if line.ends_with('\n') => {
            line.pop();
            Ok(Some(line))
        }
        Ok(_) => Err(damaged("a line has no end")),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(damaged("it cannot be unpacked"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
            Err(damaged("it cannot be unpacked"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Decodes hexadecimal digits.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Reads a whole backup and verifies everything that can be verified without a database.
pub fn check(path: &Path) -> Result<(Manifest, Summary, Vec<DataFile>), BackupError> {
    let mut reader = Reader::open(path)?;
    let mut files = Vec::new();
    let mut summary = Summary::default();
    while let Some(item) = reader.next()? {
        match item {
            Item::File(file) => files.push(file),
            Item::Summary(found) => summary = found,
            Item::Table(..) | Item::Row(_) | Item::End | Item::Content(_) | Item::Piece { .. } => {}
        }
    }
    Ok((reader.manifest, summary, files))
}

//! Inspection of an uploaded file: its type by its whole content.

use std::io::{Read, Seek, SeekFrom};

use obcms_domain::attachments::{
    FileType, MOST_PARTS, Signature, TextScan, allowed, in_archive, in_compound, markers, of_text, signature,
};
use obcms_domain::core::message::Word;
use obcms_domain::message;
use obcms_store::attachments::StagedBlob;
use zip::ZipArchive;

use super::unwritable;
use crate::core::AppError;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;
/// Bytes at the end of an archive in which its directory is announced: a locator, a record and a comment.
const ARCHIVE_END: u64 = 20 + 22 + 65_535;
/// Longest part `mimetype` of a document.
const LONGEST_MIMETYPE: u64 = 200;

/// Returns the type of an upload.
///
/// # Errors
///
/// `UnsupportedType` for other types, with what was found and what is allowed.
pub(super) fn type_of(staged: &StagedBlob, name: &str) -> Result<FileType, AppError> {
    let mut file = staged.read().map_err(unwritable)?;
    let mut head = Vec::with_capacity(4096);
    (&mut file).take(4096).read_to_end(&mut head).map_err(unwritable)?;
    file.rewind().map_err(unwritable)?;
    let found = match signature(&head) {
        Signature::Known(kind) => Ok(kind),
        Signature::Archive => archive(file)?,
        Signature::Compound => compound(&mut file)?,
        Signature::Text => text(&mut file, name)?,
        Signature::Refused(words) => Err(words),
    };
    found.map_err(|words| {
        AppError::UnsupportedType(message!(
            "This file is {words}. Allowed are {types}.",
            words = Word::label(words),
            types = Word::text(allowed())
        ))
    })
}

type Found = Result<FileType, &'static str>;

/// Passes the rest of a file to `each` until it returns true.
fn each_piece(file: &mut impl Read, mut each: impl FnMut(&[u8]) -> bool) -> Result<(), AppError> {
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        piece.clear();
        let read = file.take(PIECE as u64).read_to_end(&mut piece).map_err(unwritable)?;
        if read == 0 || each(&piece) {
            return Ok(());
        }
    }
}

fn text(file: &mut impl Read, name: &str) -> Result<Found, AppError> {
    let (mut scan, mut wrong) = (TextScan::default(), None);
    each_piece(file, |piece| {
        wrong = scan.feed(piece).err();
        wrong.is_some()
    })?;
    Ok(match wrong.or(scan.finish().err()) {
        Some(words) => Err(words),
        None => of_text(name),
    })
}

fn compound(file: &mut impl Read) -> Result<Found, AppError> {
    let markers = markers();
    let longest = markers.iter().map(|(bytes, _)| bytes.len()).max().unwrap_or_default();
    let mut found = Vec::new();
    let mut window: Vec<u8> = Vec::new();
    each_piece(file, |piece| {
        // A name may be cut between two pieces.
        let overlap = window.len().saturating_sub(longest);
        window.drain(..overlap);
        window.extend_from_slice(piece);
        for (bytes, kind) in &markers {
            if !found.contains(kind) && window.windows(bytes.len()).any(|part| part == bytes.as_slice()) {
                found.push(*kind);
            }
        }
        found.contains(&FileType::Doc)
    })?;
    Ok(in_compound(&found))
}

/// Returns the type of an archive. Its directory is read only if it is of bounded size.
fn archive(mut file: std::fs::File) -> Result<Found, AppError> {
    const DAMAGED: &str = "a damaged archive";
    match announced_parts(&mut file)? {
        None => return Ok(Err(DAMAGED)),
        Some(parts) if parts > MOST_PARTS => return Ok(Ok(FileType::Zip)),
        Some(_) => {}
    }
    let Ok(mut archive) = ZipArchive::new(std::io::BufReader::new(file)) else {
        return Ok(Err(DAMAGED));
    };
    let mimetype = archive.by_name("mimetype").ok().and_then(|part| {
        let mut text = String::new();
        part.take(LONGEST_MIMETYPE).read_to_string(&mut text).ok().map(|_| text)
    });
    // A part whose name cannot be read is none of those that tell the type.
    let names: Vec<_> = archive.file_names().filter_map(Result::ok).collect();
    Ok(in_archive(names.iter().map(AsRef::as_ref), mimetype.as_deref()))
}

/// Returns the number of parts that the end of an archive announces; nothing without an end. An archive of the format
/// for very many parts may claim any number, for which a reader would allocate memory.
fn announced_parts(file: &mut (impl Read + Seek)) -> Result<Option<usize>, AppError> {
    let length = file.seek(SeekFrom::End(0)).map_err(unwritable)?;
    file.seek(SeekFrom::Start(length.saturating_sub(ARCHIVE_END))).map_err(unwritable)?;
    let mut end = Vec::new();
    (&mut *file).take(ARCHIVE_END).read_to_end(&mut end).map_err(unwritable)?;
    file.rewind().map_err(unwritable)?;
    if end.windows(4).any(|bytes| bytes == b"PK\x06\x07") {
        return Ok(Some(usize::MAX));
    }
    let place = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06");
    let count = place.and_then(|place| end.get(place + 10..place + 12));
    Ok(count.map(|bytes| usize::from(u16::from_le_bytes([bytes[0], bytes[1]]))))
}

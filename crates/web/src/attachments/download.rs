//! Answer with the content of a file: to be saved, or shown without anything of it running.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use obcms_app::AppError;
use obcms_domain::attachments::FileType;
use obcms_store::attachments::Attachment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::core::problem::Problem;
use crate::core::router::Uncompressed;
use crate::records::api::files::file_parts;

/// Characters that an extended parameter has as they are (RFC 8187, `attr-char`).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Policy of a file: nothing runs, nothing is loaded, nobody frames it.
const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// The same for a PDF that is shown. The viewers of browsers do not work in a sandbox; they run in one of their own.
const SHOWN_PDF: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// Part of a file that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// All of it.
    Whole,
    /// Bytes from the first to the last one.
    Part(u64, u64),
    /// Bytes that it does not have.
    Nothing,
}

/// Returns the answer with a file, or with a part of it.
pub(super) fn respond(
    file: &Attachment,
    mut content: File,
    asked: &HeaderMap,
    inline: bool,
) -> Result<Response, Problem> {
    let broken = |error: std::io::Error| AppError::Internal(format!("{} cannot be read: {error}", file.hash));
    let length = content.metadata().map_err(broken)?.len();
    let tag = format!("\"{}\"", file.hash);
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let is_known = text(header::IF_NONE_MATCH).is_some_and(|tags| {
        tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*")
    });
    let is_same = text(header::IF_RANGE).is_none_or(|given| given.trim() == tag);
    let wanted = text(header::RANGE).filter(|_| is_same).map_or(Wanted::Whole, |range| wanted(range, length));
    let (status, body, sent) = match wanted {
        _ if is_known => (StatusCode::NOT_MODIFIED, Body::empty(), None),
        Wanted::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, Body::empty(), Some(0)),
        Wanted::Whole => (StatusCode::OK, Body::from_stream(file_parts(content)), Some(length)),
        Wanted::Part(first, last) => {
            content.seek(SeekFrom::Start(first)).map_err(broken)?;
            let sent = last - first + 1;
            (StatusCode::PARTIAL_CONTENT, Body::from_stream(file_parts(content.take(sent))), Some(sent))
        }
    };
    let mut response = (status, body).into_response();
    response.extensions_mut().insert(Uncompressed);
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, &tag);
    // Asked again each time, so that access that ended ends at once.
    set(header::CACHE_CONTROL, "private, no-cache");
    if let Some(sent) = sent {
        set(header::CONTENT_LENGTH, &sent.to_string());
        set(header::ACCEPT_RANGES, "bytes");
        describe(file, inline, &mut set);
    }
    match wanted {
        Wanted::Part(first, last) if !is_known => {
            set(header::CONTENT_RANGE, &format!("bytes {first}-{last}/{length}"));
        }
        Wanted::Nothing if !is_known => set(header::CONTENT_RANGE, &format!("bytes */{length}")),
        _ => {}
    }
    Ok(response)
}

/// Sets the headers about the type, the name and what may happen with a file.
fn describe(file: &Attachment, inline: bool, set: &mut impl FnMut(HeaderName, &str)) {
    let kind = FileType::parse(&file.content_type);
    let is_shown = inline && kind.is_some_and(FileType::is_shown_inline);
    let media_type = match kind {
        Some(kind @ (FileType::Text | FileType::Csv)) => format!("{}; charset=utf-8", kind.media_type()),
        Some(kind) => kind.media_type().to_owned(),
        None => "application/octet-stream".to_owned(),
    };
    set(header::CONTENT_TYPE, &media_type);
    set(header::CONTENT_DISPOSITION, &disposition(&file.name, is_shown));
    let is_pdf = is_shown && kind == Some(FileType::Pdf);
    set(header::CONTENT_SECURITY_POLICY, if is_pdf { SHOWN_PDF } else { SANDBOX });
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
}

/// Returns the disposition with the name, for old clients in ASCII too (RFC 6266).
fn disposition(name: &str, is_shown: bool) -> String {
    let plain: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_graphic() && !"\"\\%".contains(letter) || letter == ' ' { letter } else { '_' }
        })
        .collect();
    let word = if is_shown { "inline" } else { "attachment" };
    format!("{word}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED))
}

/// Reads `Range`. Several ranges, and what cannot be read, mean the whole file.
fn wanted(range: &str, length: u64) -> Wanted {
    let Some((first, last)) = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let (first, last) = match (first.trim().parse::<u64>(), last.trim()) {
        (Ok(first), "") => (first, length.saturating_sub(1)),
        (Ok(first), last) => match last.parse::<u64>() {
            Ok(last) if last >= first => (first, last.min(length.saturating_sub(1))),
            _ => return Wanted::Whole,
        },
        (Err(_), last) if first.trim().is_empty() => match last.parse::<u64>() {
            Ok(0) => return Wanted::Nothing,
            Ok(count) => (length.saturating_sub(count), length.saturating_sub(1)),
            Err(_) => return Wanted::Whole,
        },
        _ => return Wanted::Whole,
    };
    if first >= length { Wanted::Nothing } else { Wanted::Part(first, last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_has_them() {
        for (range, expected) in [
            ("bytes=0-9", Wanted::Part(0, 9)),
            ("bytes=90-", Wanted::Part(90, 99)),
            ("bytes=-10", Wanted::Part(90, 99)),
            ("bytes=-500", Wanted::Part(0, 99)),
            ("bytes=50-500", Wanted::Part(50, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=9-0", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
        ] {
            assert_eq!(wanted(range, 100), expected, "{range}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Nothing);
    }

    #[test]
    fn names_are_encoded_for_old_and_new_clients() {
        assert_eq!(
            disposition("Peña \"x\" 50%.pdf", false),
            "attachment; filename=\"Pe_a _x_ 50_.pdf\"; filename*=UTF-8''Pe%C3%B1a%20%22x%22%2050%25.pdf"
        );
        assert!(disposition("a.png", true).starts_with("inline; filename=\"a.png\""));
    }
}

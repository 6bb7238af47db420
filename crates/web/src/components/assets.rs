//! Embedded files of the browser side: scripts, styles, the site icon and the icons of the interface.
//!
//! `build.rs` generates the tables. Every file is served under a name with a hash of its content, so that browsers may
//! cache it for ever; pages get the address from [`asset_url`].

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

include!(concat!(env!("OUT_DIR"), "/assets.table.rs"));

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// Name in pages, such as `app.js`.
    pub name: &'static str,
    /// Served name, such as `app-4F2A91C0.js`.
    pub file: &'static str,
    /// Value of the `Content-Type` header.
    pub content_type: &'static str,
    /// Content.
    pub bytes: &'static [u8],
    /// Content compressed with brotli, where that is smaller.
    pub brotli: Option<&'static [u8]>,
}

/// Returns the address of an asset: `asset_url("app.js")` is `/assets/app-4F2A91C0.js`.
///
/// An unknown name gives an address that responds with 404; tests compare the names of the frame with the table.
#[must_use]
pub fn asset_url(name: &str) -> String {
    let file = ASSETS.iter().find(|asset| asset.name == name).map_or(name, |asset| asset.file);
    format!("/assets/{file}")
}

/// Returns the asset served under `file`, a name with its hash.
#[must_use]
pub fn find(file: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.file == file)
}

/// Returns every embedded file.
#[must_use]
pub fn all() -> &'static [Asset] {
    ASSETS
}

/// Returns the fonts of printed documents.
#[must_use]
pub fn fonts() -> obcms_pdf::Fonts {
    obcms_pdf::Fonts { regular: FONT_REGULAR, bold: FONT_BOLD, arabic: FONT_ARABIC }
}

/// Returns the content of the `svg` element of an icon; `None` for a name that `ui/src/icons.txt` does not list.
#[must_use]
pub fn icon_content(name: &str) -> Option<&'static str> {
    let place = ICONS.binary_search_by_key(&name, |(key, _)| *key).ok()?;
    ICONS.get(place).map(|(_, content)| *content)
}

/// Serves `GET /assets/{file}`.
pub async fn serve(path: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Response {
    match path.ok().and_then(|Path(file)| find(&file)) {
        Some(asset) => answer(asset, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Serves `GET /favicon.ico`, which browsers request where no page names an icon: for a file or an API response.
pub async fn site_icon() -> Redirect {
    Redirect::temporary(&asset_url("favicon.svg"))
}

fn answer(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let packed = asset.brotli.filter(|_| accepts_brotli(headers));
    let tag = if packed.is_some() { format!("\"{}.br\"", asset.file) } else { format!("\"{}\"", asset.file) };
    let mut answer = if holds_tag(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let head: [(HeaderName, &str); 1] = [(CONTENT_TYPE, asset.content_type)];
        (head, packed.unwrap_or(asset.bytes)).into_response()
    };
    let head = answer.headers_mut();
    head.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    head.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    if packed.is_some() {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.insert(ETAG, tag);
    }
    answer
}

/// Returns true if the browser accepts brotli: `br` is listed and its weight is not zero.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|part| {
            let mut parts = part.split(';').map(str::trim);
            let named = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("br"));
            let refused = parts
                .filter_map(|parameter| parameter.strip_prefix("q="))
                .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
            named && !refused
        })
    })
}

/// Returns true if the browser has the version with this ETag.
fn holds_tag(headers: &HeaderMap, tag: &str) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .map(|part| part.trim().trim_start_matches("W/"))
            .any(|part| part == tag || part == "*")
    })
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn get(file: &str, head: &[(HeaderName, &str)]) -> Response {
        let mut headers = HeaderMap::new();
        for (name, value) in head {
            headers.insert(name.clone(), value.parse().unwrap());
        }
        serve(Ok(Path(file.to_owned())), headers).await
    }

    fn script() -> &'static Asset {
        find(asset_url("app.js").trim_start_matches("/assets/")).unwrap()
    }

    #[test]
    fn every_name_the_pages_use_is_embedded() {
        for name in [
            "app.js",
            "app.css",
            "board.js",
            "calendar.js",
            "calendar.css",
            "project-board.js",
            "favicon.svg",
            "licences.txt",
        ] {
            let url = asset_url(name);
            assert!(find(url.trim_start_matches("/assets/")).is_some(), "{name} is missing");
            assert_ne!(url, format!("/assets/{name}"), "{name} has no hash");
        }
    }

    #[tokio::test]
    async fn file_is_immutable_and_compressed_on_request() {
        let plain = get(script().file, &[]).await;
        assert_eq!(plain.status(), StatusCode::OK);
        assert_eq!(plain.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(plain.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(to_bytes(plain.into_body(), usize::MAX).await.unwrap(), script().bytes);

        let packed = get(script().file, &[(ACCEPT_ENCODING, "gzip, br")]).await;
        assert_eq!(packed.headers()[CONTENT_ENCODING], "br");
        assert_eq!(to_bytes(packed.into_body(), usize::MAX).await.unwrap(), script().brotli.unwrap());

        let refused = get(script().file, &[(ACCEPT_ENCODING, "gzip, br;q=0")]).await;
        assert!(!refused.headers().contains_key(CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn known_etag_gives_an_empty_response() {
        let first = get(script().file, &[]).await;
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        let second = get(script().file, &[(IF_NONE_MATCH, &tag)]).await;
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert!(to_bytes(second.into_body(), usize::MAX).await.unwrap().is_empty());
        let packed = get(script().file, &[(IF_NONE_MATCH, &tag), (ACCEPT_ENCODING, "br")]).await;
        assert_eq!(packed.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn names_without_hash_and_paths_outside_are_not_found() {
        for file in ["app.js", "../Cargo.toml", ""] {
            assert_eq!(get(file, &[]).await.status(), StatusCode::NOT_FOUND, "{file}");
        }
    }

    fn pages_of(document: &obcms_pdf::Document) -> usize {
        let bytes = obcms_pdf::render(document, fonts()).unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
        bytes.windows(10).filter(|window| *window == b"/Type/Page" || *window == b"/Type /Pag").count()
    }

    fn document(blocks: Vec<obcms_pdf::Block>) -> obcms_pdf::Document {
        obcms_pdf::Document {
            title: "Sheet".to_owned(),
            language: "en".to_owned(),
            footer: "Sheet".to_owned(),
            page_number: "Page {page} of {pages}".to_owned(),
            blocks,
            ..obcms_pdf::Document::default()
        }
    }

    fn table(rows: Vec<Vec<String>>) -> obcms_pdf::Block {
        let column =
            |heading: &str, is_right| obcms_pdf::Column { heading: heading.to_owned(), share: 1.0, is_right };
        let columns = vec![column("PPA", false), column("Budget", true)];
        obcms_pdf::Block::Table(obcms_pdf::Table {
            summary: "PPAs".to_owned(),
            columns,
            rows,
            ..obcms_pdf::Table::default()
        })
    }

    #[test]
    fn long_table_continues_on_further_pages() {
        let title = || obcms_pdf::Block::Title("Sheet".to_owned());
        let rows =
            |count: usize| (0..count).map(|row| vec![format!("PPA {row}"), "₱1,000.00".to_owned()]).collect();
        let short = pages_of(&document(vec![title(), table(rows(3))]));
        let long = pages_of(&document(vec![title(), table(rows(200))]));
        assert!(long >= short + 3, "{short} and {long}");
    }

    #[test]
    fn any_text_can_be_printed() {
        let texts = [
            "",
            "السلام عليكم (2027)",
            "🦩 flamingo",
            "漢字",
            "a\u{0}b\u{202e}c",
            &"Long".repeat(300),
            "ñ Ñ ₱ ’ – … \n next",
        ];
        for text in texts {
            let row = vec![text.to_owned(), text.to_owned()];
            let facts = obcms_pdf::Block::Facts(vec![(text.to_owned(), text.to_owned())]);
            let signature = obcms_pdf::Signature { name: text.to_owned(), ..obcms_pdf::Signature::default() };
            pages_of(&document(vec![
                obcms_pdf::Block::Title(text.to_owned()),
                facts,
                table(vec![row]),
                obcms_pdf::Block::Signatures(vec![signature]),
            ]));
        }
    }
}

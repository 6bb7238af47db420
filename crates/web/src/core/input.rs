//! Parsers of bodies, forms and addresses, with clear errors.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use obcms_app::AppError;
use obcms_app::records::lists::repeated;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;
use obcms_domain::registry::action::{ActionBody, ActionInput};
use obcms_domain::registry::{FieldError, form_to_json};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::core::limits::{FORM_FIELDS, JSON_DEPTH, JSON_VALUES, MAXIMUM_BODY};
use crate::core::problem::Problem;

/// JSON object.
#[derive(Clone, Debug)]
pub struct Body {
    /// Members.
    pub object: Map<String, Json>,
    /// Bytes, for the key of a repeated request.
    pub bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let is_json = content_type(request.headers())
            .is_some_and(|kind| kind == "application/json" || kind == "application/merge-patch+json");
        let has_type = request.headers().contains_key(header::CONTENT_TYPE);
        if has_type && !is_json {
            return Err(not_json());
        }
        let bytes = read(request, state).await?;
        if !has_type {
            // Actions whose members are all optional are sent without a body.
            let nothing = Self { object: Map::new(), bytes: Bytes::new() };
            return if bytes.is_empty() { Ok(nothing) } else { Err(not_json()) };
        }
        require_bounded(&bytes)?;
        let json: Json = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                message!("The body is not JSON: {error}.", error = Word::text(error)),
            )
        })?;
        match json {
            Json::Object(object) => Ok(Self { object, bytes }),
            _ => Err(Problem::new(StatusCode::BAD_REQUEST, "The body must be a JSON object.")),
        }
    }
}

fn not_json() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content type must be application/json.")
}

impl Body {
    /// Parses the body of an action.
    pub fn action(&self, body: &ActionBody) -> Result<ActionInput, AppError> {
        body.parse(&self.object).map_err(AppError::Invalid)
    }
}

/// Refuses JSON that is nested too deep or has too many values, before memory is allocated for them.
fn require_bounded(bytes: &[u8]) -> Result<(), Problem> {
    let refuse = |detail: Message| Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    let (mut depth, mut values) = (0_usize, 1_usize);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                values += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > JSON_DEPTH {
            return refuse(message!(
                "The body is nested too deeply. At most {JSON_DEPTH} levels are allowed.",
                JSON_DEPTH
            ));
        }
        if values > JSON_VALUES {
            return refuse(message!(
                "The body has too many values. At most {JSON_VALUES} are allowed.",
                JSON_VALUES
            ));
        }
    }
    Ok(())
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(status, message!("The body must be at most {MAXIMUM_BODY} bytes.", MAXIMUM_BODY))
        } else {
            Problem::new(StatusCode::BAD_REQUEST, "The body could not be read.")
        }
    })
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next().map(str::trim)
}

/// Form of a page: names and values in order.
#[derive(Clone, Debug, Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// Returns the form with a suffix removed from its names, which kept several forms of a page apart.
    #[must_use]
    pub fn without_suffix(&self, suffix: &str) -> Self {
        let plain = |name: &String| name.strip_suffix(suffix).unwrap_or(name).to_owned();
        Self(self.0.iter().map(|(name, value)| (plain(name), value.clone())).collect())
    }

    /// Returns the first value of a name, or empty text.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Returns all values of a name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Returns the members of the body of an action, as in the API; absent names are omitted.
    #[must_use]
    pub fn action(&self, body: &ActionBody) -> Map<String, Json> {
        let fields = body.fields.iter().map(|known| &known.field).filter(|field| self.has(field.name));
        fields.map(|field| (field.name.to_owned(), form_to_json(field, &self.all(field.name)))).collect()
    }

    /// Returns true if the form has the name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if content_type(request.headers()) != Some("application/x-www-form-urlencoded") {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be a form."));
        }
        let bytes = read(request, state).await?;
        Ok(Self(pairs(&bytes)?))
    }
}

/// Parameters of an address, in order.
#[derive(Clone, Debug, Default)]
pub struct Parameters(pub Vec<(String, String)>);

impl Parameters {
    /// Returns the first value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Refuses unknown and repeated names.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        self.only_known(known)?;
        let errors = repeated(&self.0, known);
        if errors.is_empty() { Ok(()) } else { Err(AppError::BadParameter(errors).into()) }
    }

    /// Refuses unknown names.
    pub fn only_known(&self, known: &[&str]) -> Result<(), Problem> {
        let errors: Vec<_> = self
            .0
            .iter()
            .filter(|(name, _)| !known.contains(&name.as_str()))
            .map(|(name, _)| FieldError::new(name.clone(), "unknown_parameter", "Unknown parameter."))
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(AppError::BadParameter(errors).into()) }
    }

    /// Returns a whole number within the range; `usual` when none is given.
    pub fn number<T: FromStr + PartialOrd + Display>(
        &self,
        name: &str,
        usual: T,
        range: RangeInclusive<T>,
    ) -> Result<T, Problem> {
        match self.get(name).filter(|text| !text.is_empty()).map(str::parse::<T>) {
            None => Ok(usual),
            Some(Ok(number)) if range.contains(&number) => Ok(number),
            Some(_) => {
                let expected = message!(
                    "Must be a whole number from {start} to {end}.",
                    start = Word::text(range.start()),
                    end = Word::text(range.end())
                );
                Err(Self::wrong(name, expected))
            }
        }
    }

    /// Returns the error of a parameter.
    #[must_use]
    pub fn wrong(name: &str, message: impl Into<Message>) -> Problem {
        AppError::BadParameter(vec![FieldError::new(name, "type", message)]).into()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(pairs(parts.uri.query().unwrap_or_default().as_bytes())?))
    }
}

/// Parameters in the address of a page.
///
/// Mail programs and messengers append parameters of their own to addresses of pages. A page therefore reads the names
/// that it knows and ignores all others, also those that cannot be decoded. The API uses [`Parameters`] and refuses
/// them.
#[derive(Clone, Debug, Default)]
pub struct PageParameters(Vec<(String, String)>);

impl PageParameters {
    /// Returns the parameters of these names; of a repeated one the first that has a value.
    #[must_use]
    pub fn known(self, names: &[&str]) -> Parameters {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (name, value) in self.matching(|name| names.contains(&name)).0 {
            match kept.iter_mut().find(|(other, _)| *other == name) {
                Some(entry) if entry.1.is_empty() => entry.1 = value,
                Some(_) => {}
                None => kept.push((name, value)),
            }
        }
        Parameters(kept)
    }

    /// Returns the parameters with known names; a repeated one stays repeated, as filters may be.
    #[must_use]
    pub fn matching(mut self, is_known: impl Fn(&str) -> bool) -> Parameters {
        self.0.retain(|(name, _)| is_known(name));
        Parameters(self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PageParameters {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        Ok(Self(form_urlencoded::parse(query).into_owned().take(FORM_FIELDS).collect()))
    }
}

/// Parses `a=b&c=d`; invalid UTF-8 is refused rather than replaced.
fn pairs(bytes: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    if bytes.iter().filter(|byte| **byte == b'&').count() >= FORM_FIELDS {
        let detail = message!("Too many fields. At most {FORM_FIELDS} are allowed.", FORM_FIELDS);
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    let decoded: Vec<u8> = percent_encoding::percent_decode(bytes).collect();
    if std::str::from_utf8(&decoded).is_err() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "Must be UTF-8."));
    }
    Ok(form_urlencoded::parse(bytes).into_owned().collect())
}

/// Variable parts of an address, in their order: one value, or a tuple of them. Invalid ones are not found.
#[derive(Clone, Debug)]
pub struct PathParts<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathParts<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(parts)| Self(parts)).map_err(|_| Problem::no_such_address())
    }
}

/// Id in an address, also of one that names more; an invalid one is not found.
#[derive(Clone, Copy, Debug)]
pub struct PathId(pub Id);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::no_such_address())?;
        let text = path.iter().find(|(name, _)| *name == "id").map(|(_, value)| value);
        text.and_then(|text| text.parse().ok()).map(Self).ok_or_else(Problem::no_such_address)
    }
}

/// Returns the version of `If-Match`; `None` for `*` or without the header.
pub fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let inner = text.strip_prefix("W/").unwrap_or(text);
    inner
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .and_then(|version| version.parse().ok())
        .map(Some)
        .ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "The If-Match header must be the ETag of the record, such as \"3\".",
            )
        })
}

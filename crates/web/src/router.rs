//! The router: every address of the program.

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, Request, State as AxumState};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_body_util::BodyExt;
use obcms_domain::hex::hex;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::caller::{self, Nonce};
use crate::input::{MAXIMUM_BODY, MAXIMUM_UPLOAD};
use crate::problem::Problem;
use crate::state::State;
use crate::{api, assets, health, metrics, pages};

/// The whole program as a service.
pub fn router(state: State) -> Router {
    let mut router = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::show))
        .route("/assets/{file}", get(assets::serve))
        .route("/favicon.ico", get(assets::site_icon));
    for route in api::routes() {
        let (path, handler) = route.guarded();
        router = router.route(&path, handler);
    }
    router = router.merge(pages::router(&state));
    router
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(state.clone(), caller::identify))
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .layer(from_fn_with_state(state.clone(), headers))
        .layer(DefaultBodyLimit::max(MAXIMUM_BODY))
        .layer(from_fn(take_in))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(
            // Events must leave at once; assets are compressed at build time.
            DefaultPredicate::new().and(NotForContentType::new("text/event-stream")),
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(state)
}

/// Bytes of a body that is too large which are read all the same, and forgotten.
const MAXIMUM_HEARD_OUT: usize = 32 * 1024 * 1024;

/// Reads the body before anything is decided. An answer over an unread body would cost the connection, which a
/// program that keeps it open would notice as a broken request.
async fn take_in(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let mut body = body;
    let mut taken = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Problem::new(StatusCode::BAD_REQUEST, "The body could not be read.").into_response();
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length <= MAXIMUM_UPLOAD {
            taken.extend_from_slice(&data);
        } else if length <= MAXIMUM_HEARD_OUT {
            // Who sends too much is heard out: they would not hear an answer while they speak.
            taken = Vec::new();
        } else {
            break;
        }
    }
    if length <= MAXIMUM_UPLOAD {
        return next.run(Request::from_parts(parts, Body::from(taken))).await;
    }
    let detail = format!("Expected at most {MAXIMUM_UPLOAD} bytes.");
    let mut response = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

async fn wrong_method() -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not take this method.").into_response()
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request ended in a panic");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here; nothing was changed.")
        .into_response()
}

/// Headers that every answer carries, with a content security policy of its own nonce.
async fn headers(AxumState(state): AxumState<State>, mut request: Request, next: Next) -> Response {
    let nonce = hex(&state.app.random::<16>());
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        // A page may be stricter with itself.
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if !is_asset && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if state.settings.secure_cookies {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}

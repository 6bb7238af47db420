//! Router: all addresses of the program.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State as AxumState};
use axum::handler::Handler;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use obcms_domain::core::hex::hex;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::components::assets;
use crate::core::caller::{self, Nonce};
use crate::core::problem::Problem;
use crate::core::route::BodyLimits;
use crate::core::state::State;
use crate::core::{address, bodies, errors, health, metrics, requests};

/// Returns the whole program as a service.
pub fn router(state: State) -> Router {
    let (routes, pages) = (state.subjects.routes(), state.subjects.pages());
    let limits = Arc::new(BodyLimits::new(&routes, &pages));
    // Around each route, because these ask which route it is. The first is the outermost.
    let for_anybody = ServiceBuilder::new()
        .layer(from_fn_with_state((state.clone(), limits), bodies::guard))
        .layer(from_fn_with_state(state.clone(), metrics::count));
    let for_callers = for_anybody.clone().layer(from_fn_with_state(state.clone(), caller::identify));
    let for_people = for_callers.clone().layer(from_fn_with_state(state.clone(), errors::draw));

    let mut router = Router::new().route("/metrics", get(metrics::show).route_layer(for_callers.clone()));
    for route in routes {
        let (path, handler) = route.guarded();
        router = router.route(&path, handler.route_layer(for_callers.clone()));
    }
    for page in pages {
        let (path, handler) = page.guarded();
        router = router.route(&path, handler.route_layer(for_people.clone()));
    }
    // These do not query the database for the sender of a token or cookie.
    for (path, handler) in [
        ("/healthz", get(health::healthz)),
        ("/readyz", get(health::readyz)),
        ("/assets/{file}", get(assets::serve)),
        ("/favicon.ico", get(assets::site_icon)),
    ] {
        router = router.route(path, handler.fallback(wrong_method).layer(for_anybody.clone()));
    }
    let routes = router
        .fallback(errors::missing.layer(for_people.clone()))
        .method_not_allowed_fallback(wrong_method.layer(for_people))
        .with_state(state.clone());
    // The others go around a router of one route, which is all others. The first is the outermost.
    let layers = ServiceBuilder::new()
        // Outermost, so that the line has the final response.
        .layer(from_fn(requests::log))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(
            // Events must not be buffered; assets are compressed at build time; attached files are sent as they are.
            DefaultPredicate::new().and(NotForContentType::new("text/event-stream")).and(is_compressible),
        ))
        .layer(from_fn_with_state(state.clone(), address::resolve))
        .layer(from_fn_with_state(state, headers))
        // The guard of bodies has the limit of each route.
        .layer(DefaultBodyLimit::disable());
    Router::new().fallback_service(routes).layer(layers)
}

/// Mark of a response that is sent as it is, with its length.
#[derive(Clone, Copy, Debug)]
pub struct Uncompressed;

fn is_compressible(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<Uncompressed>().is_none()
}

/// Leads a browser from an address that only takes forms, such as `/ppas/ID/approval` after a refused form, to the page
/// above it, at the top to Today; refuses others.
async fn wrong_method(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method == Method::GET && errors::wants_page(&uri, &headers) {
        let above = uri.path().rsplit_once('/').map(|(above, _)| above).filter(|above| !above.is_empty());
        return Redirect::to(above.unwrap_or("/")).into_response();
    }
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not support this method.").into_response()
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request ended in a panic");
    Problem::internal().into_response()
}

/// Adds the headers of every response, with a content security policy of its own nonce.
async fn headers(AxumState(state): AxumState<State>, mut request: Request, next: Next) -> Response {
    let nonce = hex(&state.app.random::<16>());
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let is_secure = address::is_secure(&state, request.headers());
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&policy) {
        // An attached file has a stricter one.
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(value);
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        // A page may set a stricter value.
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if !is_asset && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if is_secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}

//! `GET /metrics`: counters in the text format of Prometheus, for administrators unless configured otherwise.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State as AxumState};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use obcms_app::AppError;
use obcms_app::jobs::Health;
use obcms_domain::accounts::Role;

use crate::core::address::Forwarded;
use crate::core::caller::Caller;
use crate::core::problem::Problem;
use crate::core::state::{State, blocking};

/// Upper bounds of the histogram, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

#[derive(Default)]
struct Series {
    count: u64,
    seconds: f64,
    within: [u64; BOUNDS.len()],
}

/// Method, route and status.
type Labels = (String, String, u16);

/// Counters.
#[derive(Clone, Default)]
pub struct Metrics {
    requests: Arc<Mutex<BTreeMap<Labels, Series>>>,
}

impl Metrics {
    fn observe(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let series = requests.entry((method.to_owned(), route.to_owned(), status)).or_default();
        series.count += 1;
        series.seconds += seconds;
        for (bound, within) in BOUNDS.iter().zip(&mut series.within) {
            if seconds <= *bound {
                *within += 1;
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "# HELP obcms_request_duration_seconds Time to the head of an answer.\n\
             # TYPE obcms_request_duration_seconds histogram\n",
        );
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), series) in requests.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            // Writing to a string does not fail.
            for (bound, within) in BOUNDS.iter().zip(&series.within) {
                let _ = writeln!(
                    text,
                    "obcms_request_duration_seconds_bucket{{{labels},le=\"{bound}\"}} {within}"
                );
            }
            let _ = writeln!(
                text,
                "obcms_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} {}",
                series.count
            );
            let _ = writeln!(text, "obcms_request_duration_seconds_sum{{{labels}}} {}", series.seconds);
            let _ = writeln!(text, "obcms_request_duration_seconds_count{{{labels}}} {}", series.count);
        }
        text
    }
}

/// Counts every request by its route, so that the number of series is bounded by the routes.
pub async fn count(AxumState(state): AxumState<State>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    // Clients can invent methods; only known ones become labels.
    let method = if ["GET", "POST", "PATCH", "DELETE", "HEAD"].contains(&method.as_str()) {
        method.as_str()
    } else {
        "other"
    };
    state.metrics.observe(method, &route, response.status().as_u16(), begun.elapsed().as_secs_f64());
    response
}

/// Access to the counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsAccess {
    /// Administrators, by token or session.
    #[default]
    Token,
    /// Also programs on this machine that do not connect through a proxy.
    Loopback,
    /// Nobody.
    Off,
}

/// Returns true for a request of a program on this machine. A request through a local proxy may come from anywhere.
fn is_local(state: &State, request: &Request) -> bool {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    state.settings.metrics == MetricsAccess::Loopback
        && state.settings.trusted_proxies.is_empty()
        && address.is_some_and(|address| is_loopback(&address))
        && request.extensions().get::<Forwarded>().is_none()
        && !request.headers().contains_key(header::VIA)
}

/// Serves the counters.
pub async fn show(AxumState(state): AxumState<State>, request: Request) -> Result<Response, Problem> {
    if state.settings.metrics == MetricsAccess::Off {
        return Err(Problem::new(StatusCode::NOT_FOUND, "The counters of this server are switched off."));
    }
    let caller = request.extensions().get::<Caller>();
    let is_admin = caller.is_some_and(|caller| caller.actor.roles.contains(&Role::Admin));
    if !is_admin && !is_local(&state, &request) {
        return Err(match caller {
            None => AppError::Unauthorized.into(),
            Some(_) => AppError::not_allowed("see the counters of the server", vec![Role::Admin]).into(),
        });
    }
    let size = blocking(|| state.app.database().size()).map_err(AppError::from)?;
    let health = blocking(|| state.app.job_health())?;
    let mut text = state.metrics.text();
    text.push_str(&jobs(&health, state.app.now()));
    let _ = write!(
        text,
        "# HELP obcms_database_bytes Size of the database.\n# TYPE obcms_database_bytes gauge\nobcms_database_bytes {size}\n\
         # HELP obcms_streams Open streams of live changes.\n# TYPE obcms_streams gauge\nobcms_streams {}\n\
         # HELP obcms_build_info The program.\n# TYPE obcms_build_info gauge\nobcms_build_info{{version=\"{}\"}} 1\n",
        state.app.database().live().listeners(),
        env!("CARGO_PKG_VERSION"),
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Returns the counters of jobs, which are the same in every process.
fn jobs(health: &Health, now: Timestamp) -> String {
    let mut text = String::from("# HELP obcms_jobs Jobs by state.\n# TYPE obcms_jobs gauge\n");
    for (job_state, count) in &health.counts {
        let _ = writeln!(text, "obcms_jobs{{state=\"{}\"}} {count}", job_state.as_str());
    }
    let late = health.overdue_since.map_or(0, |since| now.duration_since(since).as_secs());
    for (name, help, value) in [
        ("obcms_jobs_retrying", "Jobs queued for another attempt after a failure.", health.retrying),
        ("obcms_jobs_overdue", "Overdue jobs.", health.overdue),
        ("obcms_jobs_overdue_seconds", "Seconds since the oldest overdue job was due.", late),
        (
            "obcms_job_runners",
            "Processes that run jobs.",
            i64::try_from(health.runners.len()).unwrap_or(i64::MAX),
        ),
    ] {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    }
    text
}

fn is_loopback(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_counts_within_its_bounds() {
        let metrics = Metrics::default();
        metrics.observe("GET", "/api/v1/needs", 200, 0.002);
        metrics.observe("GET", "/api/v1/needs", 200, 20.0);
        let text = metrics.text();
        let labels = "method=\"GET\",route=\"/api/v1/needs\",status=\"200\"";
        assert!(text.contains(&format!("_bucket{{{labels},le=\"0.001\"}} 0\n")));
        assert!(text.contains(&format!("_bucket{{{labels},le=\"0.003\"}} 1\n")));
        assert!(text.contains(&format!("_bucket{{{labels},le=\"+Inf\"}} 2\n")));
    }
}

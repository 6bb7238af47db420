//! Live changes as server-sent events, limited to what the caller may see.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State as AxumState;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use obcms_app::core::Visibility;
use obcms_domain::accounts::{Action, Area};
use obcms_store::database::{LiveReceiver, Message};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::core::caller::Caller;
use crate::core::guard::Watch;
use crate::core::live_streams::Slot;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Serves the stream.
#[must_use]
pub fn route() -> Route {
    Route::new(
        "get",
        "/api/v1/stream",
        "Live changes as server-sent events; the event `end` gives the reason when access ends",
        Access::Role,
        get(open),
    )
    .answers(200, json!({ "type": "string" }))
}

struct Listener {
    state: State,
    watch: Watch,
    receiver: LiveReceiver,
    stopping: watch::Receiver<bool>,
    slot: Slot,
    opened: bool,
    ended: bool,
}

async fn open(AxumState(state): AxumState<State>, caller: Caller) -> Response {
    let listener = Listener {
        receiver: state.app.database().live().subscribe(),
        stopping: state.stopping(),
        slot: state.streams.enter(caller.actor.id),
        watch: Watch::new(state.clone(), caller.actor),
        state,
        opened: false,
        ended: false,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = next(&mut listener).await?;
        Some((Ok::<Event, Infallible>(event), listener))
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response();
    // A buffering proxy would hold the events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn changed(message: &Message) -> Event {
    let data = json!({
        "kind": message.kind, "id": message.id, "version": message.version, "action": message.action,
    });
    Event::default().data(data.to_string())
}

/// Returns the next event that the caller may see; `None` ends the stream.
async fn next(listener: &mut Listener) -> Option<Event> {
    if listener.ended {
        return None;
    }
    if !listener.opened {
        listener.opened = true;
        // After the subscription, so that a page learns of changes between rendering and listening.
        let state = blocking(|| listener.state.app.page_state()).unwrap_or_default();
        return Some(Event::default().event("open").data(json!({ "state": state }).to_string()));
    }
    loop {
        let received = tokio::select! {
            received = listener.receiver.recv() => Some(received),
            _ = listener.stopping.wait_for(|stopping| *stopping) => return None,
            () = listener.slot.taken() => return None,
            () = tokio::time::sleep(listener.watch.due()) => None,
        };
        // Checked before each message, however long it was queued.
        match listener.watch.check() {
            Ok(Ok(false)) => {}
            // Changed rights change what is visible.
            Ok(Ok(true)) => return Some(changed(&Message::everything())),
            Ok(Err(end)) => {
                listener.ended = true;
                let data = json!({ "reason": end.as_str() }).to_string();
                return Some(Event::default().event("end").data(data));
            }
            // Nothing is sent unchecked. The page reconnects when the database is back.
            Err(_) => return None,
        }
        let message = match received {
            None => continue,
            Some(Ok(message)) => message,
            // The page fell behind: it refreshes everything.
            Some(Err(RecvError::Lagged(_))) => Message::everything(),
            Some(Err(RecvError::Closed)) => return None,
        };
        if may_see(listener, &message) {
            return Some(changed(&message));
        }
    }
}

fn may_see(listener: &Listener, message: &Message) -> bool {
    if message.kind == "*" {
        return true;
    }
    if message.kind == obcms_store::jobs::LIVE_KIND {
        return listener.watch.actor().may(Action::Manage, Area::Settings);
    }
    let (Some(kind), Some(id)) = (obcms_domain::kinds::by_name(&message.kind), message.id) else {
        return false;
    };
    match listener.watch.actor().sight(kind) {
        Some(Visibility::All) => true,
        Some(Visibility::Within(scope)) => blocking(|| {
            listener
                .state
                .app
                .read(|tx| Ok(obcms_store::records::exists_in_scope(tx, kind, id, &scope)?))
                .unwrap_or(false)
        }),
        None => false,
    }
}

//! Security events in the log, in one form: target `obcms::security` with the fields event, user, address and outcome.
//! Secrets and what people typed never stand in it.

use crate::Actor;

/// Target under which security events are logged, for filters.
pub const TARGET: &str = "obcms::security";

/// One security event.
#[derive(Clone, Copy, Debug, Default)]
pub struct SecurityEvent<'a> {
    /// Kind of the event, such as `sign_in`.
    pub event: &'a str,
    /// Name of the account that acts or is tried.
    pub user: &'a str,
    /// Network address of the caller; empty when it is not known here.
    pub address: &'a str,
    /// Result, such as `ok` or `wrong_password`.
    pub outcome: &'a str,
    /// Object of the event, such as the account that was disabled; no secret.
    pub about: &'a str,
}

impl SecurityEvent<'_> {
    /// Writes the event to the log.
    pub fn log(&self) {
        let Self { event, user, address, outcome, about } = *self;
        tracing::info!(target: TARGET, event, user, address, outcome, about, "security event");
    }
}

/// Logs what an actor did to an account or with a secret.
pub fn acted(actor: &Actor, event: &str, about: &str) {
    SecurityEvent { event, user: &actor.username, outcome: "ok", about, ..SecurityEvent::default() }.log();
}

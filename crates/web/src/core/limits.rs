//! Limits of requests, in one place; `docs/security.md` lists them and a test compares the two.

use std::time::Duration;

use obcms_domain::attachments::MOST_BYTES;

/// Bytes of the head of a request: its line and all headers.
pub const HEAD_BYTES: usize = 64 * 1024;
/// Headers of a request.
pub const HEADERS: usize = 100;
/// Bytes of an anonymous body: sign-in form, set-up link, passphrase.
pub const ANONYMOUS_BODY: usize = 16 * 1024;
/// Bytes of a body that its route does not use.
pub const UNREAD_BODY: usize = 16 * 1024;
/// Bytes of a JSON body or a form.
pub const MAXIMUM_BODY: usize = 1024 * 1024;
/// Bytes of a file to import with its form fields, and of any body that is held in memory.
pub const MAXIMUM_UPLOAD: usize = 6 * 1024 * 1024;
/// Bytes of a calendar file with its form fields. Such a body is written to disk while it is read.
pub const MAXIMUM_CALENDAR: usize = 20 * 1024 * 1024 + 64 * 1024;
/// Bytes of a file to attach with its form fields. Such a body is written to disk while it is read.
pub const MAXIMUM_ATTACHMENT: usize = MOST_BYTES as usize + 64 * 1024;
/// Bytes of all files that are written to disk at the same time.
pub const ALL_FILES: usize = 1024 * 1024 * 1024;
/// Bytes of the files of one person that are written to disk at the same time.
pub const FILES_OF_ONE: usize = 160 * 1024 * 1024;
/// Bytes of a refused or too large body that are read and discarded, because a client that is sending does not read.
pub const HEARD_OUT: usize = 32 * 1024 * 1024;
/// Bytes of all large bodies that are held at the same time.
pub const ALL_BODIES: usize = 64 * 1024 * 1024;
/// Bytes of the large bodies of one person that are held at the same time.
pub const BODIES_OF_ONE: usize = 24 * 1024 * 1024;
/// Bytes of a body that does not count as large.
pub const SMALL_BODY: usize = 64 * 1024;

/// Time for the head of a request, from its first byte.
pub const HEAD_TIME: Duration = Duration::from_secs(10);
/// Time for which a connection stays open between two requests, and before the first byte: longer than browsers keep
/// preconnected ones.
pub const IDLE_TIME: Duration = Duration::from_secs(75);
/// Longest pause within a body.
pub const BODY_PAUSE: Duration = Duration::from_secs(15);
/// Time for a body, in addition to that of its bytes at the lowest rate.
pub const BODY_GRACE: Duration = Duration::from_secs(30);
/// Lowest rate of a body, in bytes per second.
pub const BODY_RATE: u64 = 8 * 1024;
/// Longest time for which a client takes no bytes of a response.
pub const ANSWER_PAUSE: Duration = Duration::from_secs(30);
/// Time for which a response may wait for its client, in addition to that of its bytes at the lowest rate.
pub const ANSWER_GRACE: Duration = Duration::from_secs(60);
/// Lowest rate of a response, in bytes per second.
pub const ANSWER_RATE: u64 = 4 * 1024;
/// Time for a client to read a response that was sent before its request was complete.
pub const LINGER_TIME: Duration = Duration::from_secs(5);

/// Connections in all, by default.
pub const CONNECTIONS: usize = 2_000;
/// Connections of one address (IPv6: of one /64), by default.
pub const CONNECTIONS_OF_ONE: usize = 250;

/// Live streams of one person; a new one ends the oldest.
pub const STREAMS_OF_ONE: usize = 20;

/// Attempts that wait for a hash, in all.
pub const WAITING_HASHES: usize = 32;
/// Attempts of one address (or one known device) that wait for a hash.
pub const WAITING_HASHES_OF_ONE: usize = 4;
/// `Retry-After` of a full queue, in seconds.
pub const QUEUE_RETRY: i64 = 2;

/// Wrong tokens and set-up links of one address before its attempts are refused.
pub const WRONG_SECRETS: u32 = 60;
/// Time in which one of them expires.
pub const WRONG_SECRET_FORGOTTEN: Duration = Duration::from_secs(1);

/// Levels of objects and lists in a JSON body.
pub const JSON_DEPTH: usize = 32;
/// Values of a JSON body, in all.
pub const JSON_VALUES: usize = 50_000;
/// Fields of a form, and parameters of an address.
pub const FORM_FIELDS: usize = 5_000;
/// Concurrent exports.
pub const EXPORTS: usize = 24;
/// Concurrent exports of one person.
pub const EXPORTS_OF_ONE: usize = 12;
/// `Retry-After` of a refused export, in seconds.
pub const EXPORT_RETRY: i64 = 5;
/// Parts of an upload.
pub const UPLOAD_PARTS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use obcms_app::accounts::MOST_HASHES;
    use obcms_domain::accounts::lockout;

    #[test]
    fn document_lists_the_limits() {
        let kib = |bytes: usize| format!("{} KiB", bytes / 1024);
        let mib = |bytes: usize| format!("{} MiB", bytes / 1024 / 1024);
        let rate =
            |time: Duration, rate: u64| format!("{} s and 1 s for every {} KiB", time.as_secs(), rate / 1024);
        let seconds = |time: Duration| format!("{} s", time.as_secs());
        let document = include_str!("../../../../docs/security.md");
        for (limit, value) in [
            ("Head of a request", format!("{}, {HEADERS} headers", kib(HEAD_BYTES))),
            ("Body of somebody who is not signed in", kib(ANONYMOUS_BODY)),
            ("Body that its route has no use for", kib(UNREAD_BODY)),
            ("JSON body, form, unless", kib(MAXIMUM_BODY)),
            ("JSON body, inside", format!("{JSON_DEPTH} levels, {JSON_VALUES} values")),
            ("Form, parameters of an address", format!("{FORM_FIELDS} fields")),
            ("Exports at the same time", format!("{EXPORTS}, {EXPORTS_OF_ONE} of one person")),
            ("Upload, parts", UPLOAD_PARTS.to_string()),
            ("File with its form", kib(MAXIMUM_UPLOAD)),
            ("Calendar file with its form", kib(MAXIMUM_CALENDAR)),
            ("File to attach with its form", kib(MAXIMUM_ATTACHMENT)),
            ("Files that arrive and are written", format!("{}, {}", mib(ALL_FILES), mib(FILES_OF_ONE))),
            ("Large bodies (more than 64 KiB)", format!("{}, {}", mib(ALL_BODIES), mib(BODIES_OF_ONE))),
            ("Body that is too large", mib(HEARD_OUT)),
            ("Time for the head", seconds(HEAD_TIME)),
            ("Time between two requests", seconds(IDLE_TIME)),
            ("Time without a byte of a body", seconds(BODY_PAUSE)),
            ("Time for a body", rate(BODY_GRACE, BODY_RATE)),
            ("Time without a byte taken", seconds(ANSWER_PAUSE)),
            ("Time that an answer waits", rate(ANSWER_GRACE, ANSWER_RATE)),
            ("Time to hear the last answer", seconds(LINGER_TIME)),
            ("Connections in all", CONNECTIONS.to_string()),
            ("Connections of one address", CONNECTIONS_OF_ONE.to_string()),
            ("Live streams of one person", STREAMS_OF_ONE.to_string()),
            ("Password hashes at the same time", format!("one per core, {MOST_HASHES}")),
            ("Attempts that wait", format!("{WAITING_HASHES}, {WAITING_HASHES_OF_ONE}")),
            (
                "Failures with one account",
                format!("{}; then {} min", lockout::FAILURES, lockout::LOCK.as_mins()),
            ),
            (
                "Failures within",
                format!(
                    "{} within {} min; then {} s, doubled up to {} min",
                    lockout::FREE_FAILURES,
                    lockout::COUNTED.as_mins(),
                    lockout::FIRST_DELAY.as_secs(),
                    lockout::LONGEST_DELAY.as_mins(),
                ),
            ),
            ("Wrong tokens", format!("{WRONG_SECRETS}; then one every {}", seconds(WRONG_SECRET_FORGOTTEN))),
        ] {
            let row = document.lines().find(|line| line.starts_with(&format!("| {limit}")));
            let row = row.unwrap_or_else(|| panic!("docs/security.md lacks a row: {limit}"));
            assert!(row.ends_with(&format!(" | {value} |")), "{row} should tell {value}");
        }
    }
}

//! Logging to standard error, limited to one line per second for each kind of failure.

use crate::settings::{LogFormat, Settings};
use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tracing::callsite::Identifier;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata};
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Rate limit: one line per kind of failure in this time.
const WINDOW: Duration = Duration::from_secs(1);
/// Target of the lines that count suppressed lines.
const LEFT_OUT: &str = "obcms::left_out";

/// Name of the running command.
static COMMAND: OnceLock<&'static str> = OnceLock::new();

/// Sets the command name for the log lines of this thread, once logging starts.
pub fn name_command(name: &'static str) {
    // A process runs one command, so a second value is ignored.
    let _ = COMMAND.set(name);
}

/// Starts logging for the rest of the process.
pub fn start(settings: &Settings) {
    // The level was validated with the settings. A failure here would be a bug of ours, and "info" is a safe default.
    let levels = EnvFilter::try_new(&settings.log_level).unwrap_or_else(|_| EnvFilter::new("info"));
    let limit = Limit::default();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.log_format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let lines = lines.with_filter(limit.clone()).with_filter(levels);
    // A command that opens the database twice starts logging once.
    if tracing_subscriber::registry().with(lines).try_init().is_err() {
        return;
    }
    if let Some(name) = COMMAND.get() {
        // The span covers the whole thread: a process runs one command.
        std::mem::forget(tracing::error_span!("process", command = name).entered());
    }
    // Without this thread, lines suppressed in the last moment are not counted; nothing else is lost.
    let _ = std::thread::Builder::new().name("log".to_owned()).spawn(move || {
        loop {
            std::thread::sleep(WINDOW / 2);
            limit.log_suppressed(Instant::now());
        }
    });
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload().downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.payload().downcast_ref::<String>().map(String::as_str));
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a thread panicked: {}", text.unwrap_or("no message"));
    }));
}

/// Kind of failure, identified by the place in the program that warns.
struct Kind {
    last: Instant,
    left_out: u64,
    message: String,
    level: Level,
}

/// Filter that passes one warning or error of each kind per second and counts the others. Security events are never
/// suppressed.
#[derive(Clone, Default)]
struct Limit {
    kinds: Arc<Mutex<HashMap<Identifier, Kind>>>,
}

impl Limit {
    /// Returns true if the line must be written.
    fn admit(&self, event: &Event<'_>, now: Instant) -> bool {
        let metadata = event.metadata();
        if *metadata.level() > Level::WARN
            || metadata.target() == LEFT_OUT
            || metadata.target().contains("security")
        {
            return true;
        }
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kind) = kinds.get_mut(&metadata.callsite()) else {
            let kind = Kind { last: now, left_out: 0, message: String::new(), level: *metadata.level() };
            kinds.insert(metadata.callsite(), kind);
            return true;
        };
        if kind.left_out == 0 && now.duration_since(kind.last) >= WINDOW {
            kind.last = now;
            return true;
        }
        kind.left_out += 1;
        kind.message.clear();
        event.record(&mut Message(&mut kind.message));
        false
    }

    /// Logs the number of suppressed lines of each kind, once its second is over.
    fn log_suppressed(&self, now: Instant) {
        let mut due = Vec::new();
        for kind in self.kinds.lock().unwrap_or_else(PoisonError::into_inner).values_mut() {
            if kind.left_out > 0 && now.duration_since(kind.last) >= WINDOW {
                due.push((kind.left_out, std::mem::take(&mut kind.message), kind.level));
                kind.left_out = 0;
                kind.last = now;
            }
        }
        for (count, message, level) in due {
            if level == Level::ERROR {
                tracing::error!(target: LEFT_OUT, left_out = count, "{count} more of this kind, the last: {message}");
            } else {
                tracing::warn!(target: LEFT_OUT, left_out = count, "{count} more of this kind, the last: {message}");
            }
        }
    }
}

impl<S> Filter<S> for Limit {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        self.admit(event, Instant::now())
    }
}

/// Visitor that reads message and fields of an event.
struct Message<'a>(&'a mut String);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, "{name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use tracing_subscriber::fmt::MakeWriter;

    /// Writer that collects its output.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Written {
        type Writer = Written;

        fn make_writer(&'a self) -> Written {
            self.clone()
        }
    }

    fn fail(number: u32) {
        tracing::error!(number, "the database failed a request");
    }

    #[test]
    fn repeated_failures_log_one_line_and_a_count() {
        let (limit, written) = (Limit::default(), Written::default());
        let lines = tracing_subscriber::fmt::layer().with_writer(written.clone()).with_filter(limit.clone());
        let begun = Instant::now();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            // If the loop takes longer than a second on a slow machine, there are a line or two more, and all are
            // still counted.
            (0..5000).for_each(fail);
            tracing::warn!("something else");
            for _ in 0..3 {
                tracing::info!(target: "obcms::security", "a sign-in");
            }
            limit.log_suppressed(begun + Duration::from_secs(3600));
            limit.log_suppressed(begun + Duration::from_secs(3600));
        });
        let text = String::from_utf8(written.0.lock().expect("no panic").clone()).expect("text");
        let count = |what: &str| text.lines().filter(|line| line.contains(what)).count();
        assert_eq!(count("something else"), 1, "{text}");
        assert_eq!(count("a sign-in"), 3, "{text}");
        assert_eq!(count("more of this kind"), 1, "{text}");
        let logged = count("failed a request") - 1;
        assert_eq!(logged, 1, "{text}");
        assert!(
            text.contains(&format!("{} more of this kind", 5000 - logged)) && text.contains("number=4999"),
            "{text}"
        );
    }
}

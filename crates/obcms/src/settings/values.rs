//! Parsers of setting values. Each error says what is allowed.

use jiff::tz::TimeZone;
use obcms_domain::core::networks::{Network, NoNetwork};
use obcms_web::MetricsAccess;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Address of the database.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// SQLite file, relative to the data directory unless absolute.
    Sqlite(PathBuf),
    /// PostgreSQL connection address, including its password.
    Postgres(String),
}

/// Shows the address with its password masked, so that it is safe in any message.
impl fmt::Display for DatabaseAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseAddress::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            DatabaseAddress::Postgres(url) => formatter.write_str(&mask_passwords(url)),
        }
    }
}

impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Format of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line, for machines.
    Json,
}

const MASK: &str = "****";

/// Masks every password in a connection address. An ambiguous address is masked too much rather than too little.
pub fn mask_passwords(address: &str) -> String {
    let mut masked = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(found) = rest.find("password=") {
        let value = found + "password=".len();
        masked.push_str(&rest[..value]);
        masked.push_str(MASK);
        rest = rest[value..].find('&').map_or("", |end| &rest[value + end..]);
    }
    masked.push_str(rest);

    let Some(start) = masked.find("://").map(|scheme| scheme + "://".len()) else { return masked };
    let Some(at) = masked.rfind('@') else { return masked };
    match masked[start..].find(':').map(|colon| start + colon) {
        Some(colon) if colon < at => format!("{}:{MASK}{}", &masked[..colon], &masked[at..]),
        _ => masked,
    }
}

pub(super) fn parse_listen(text: &str) -> Result<String, String> {
    let wanted =
        || format!("'{text}' is not an address and port; use for example 127.0.0.1:8080 or 0.0.0.0:80");
    let (host, port) = text.rsplit_once(':').ok_or_else(wanted)?;
    let unbracketed_v6 = host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
    if host.is_empty() || host.contains(char::is_whitespace) || unbracketed_v6 {
        return Err(wanted());
    }
    port.parse::<u16>().map_err(|_| wanted())?;
    Ok(text.to_owned())
}

pub(super) fn parse_directory(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("enter a directory".to_owned());
    }
    Ok(PathBuf::from(text))
}

#[allow(clippy::unnecessary_wraps)] // All parsers have one form.
pub(super) fn parse_file(text: &str) -> Result<Option<PathBuf>, String> {
    Ok(Some(text).filter(|text| !text.is_empty()).map(PathBuf::from))
}

pub(super) fn parse_database(text: &str) -> Result<DatabaseAddress, String> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        // Other programs write an absolute path as `sqlite:///var/lib/obcms.db`.
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err("the path after 'sqlite:' is missing; use for example sqlite:obcms.db".to_owned());
        }
        return Ok(DatabaseAddress::Sqlite(PathBuf::from(path)));
    }
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(DatabaseAddress::Postgres(text.to_owned()));
    }
    Err(format!(
        "'{}' is not a database address; write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
        mask_passwords(text)
    ))
}

pub(super) fn parse_log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("'{text}' is not a log format; write text or json")),
    }
}

pub(super) fn parse_log_level(text: &str) -> Result<String, String> {
    let wanted = || {
        format!(
            "'{text}' is not a log level; write off, error, warn, info, debug or trace, or MODULE=LEVEL pairs with commas between"
        )
    };
    for directive in text.split(',') {
        // A bare word that is not a level would count as a module name, and silence everything else.
        let level = directive.rsplit_once('=').map_or(directive, |(_, level)| level);
        // The parser of the library reads the empty text as "error".
        if level.is_empty() || level.parse::<tracing_subscriber::filter::LevelFilter>().is_err() {
            return Err(wanted());
        }
    }
    tracing_subscriber::EnvFilter::try_new(text).map_err(|_| wanted())?;
    Ok(text.to_owned())
}

pub(super) fn parse_timezone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| {
        format!("'{text}' is not a known time zone; write an IANA name such as Asia/Manila, and check that the system has tzdata")
    })
}

pub(super) fn parse_networks(text: &str) -> Result<Vec<Network>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|error: NoNetwork| error.to_string())).collect()
}

pub(super) fn parse_connections(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| (10..=100_000).contains(number))
        .ok_or_else(|| format!("'{text}' is not a number of connections; write one from 10 to 100000"))
}

pub(super) fn parse_metrics(text: &str) -> Result<MetricsAccess, String> {
    match text {
        "token" => Ok(MetricsAccess::Token),
        "loopback" => Ok(MetricsAccess::Loopback),
        "off" => Ok(MetricsAccess::Off),
        _ => Err(format!("'{text}' is not known; write token, loopback or off")),
    }
}

pub(super) fn parse_office_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err("the name must be one line of at most 200 characters".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn parse_public_url(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let wanted = || {
        format!(
            "'{text}' is not the address of a site; use for example https://obcms.example.org, without a path"
        )
    };
    let trimmed = text.strip_suffix('/').unwrap_or(text);
    let host =
        trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://")).ok_or_else(wanted)?;
    let odd = |character: char| {
        !(character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | ':' | '[' | ']'))
    };
    if host.is_empty() || host.contains(odd) {
        return Err(wanted());
    }
    Ok(Some(trimmed.to_owned()))
}

pub(super) fn parse_days(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(days @ 1..=365) => Ok(days),
        _ => Err(format!("'{text}' is not a number of days from 1 to 365")),
    }
}

pub(super) fn parse_milliseconds(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_millis).map_err(|_| format!("'{text}' is not a number of milliseconds"))
}

pub(super) fn parse_switch(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("'{text}' is neither true nor false")),
    }
}

/// Parses a size such as "10 GB", in units of 1024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let refuse = || format!("expected a size such as 500 MB or 10 GB, not {text}");
    let letters = text.trim().find(|letter: char| !letter.is_ascii_digit()).ok_or_else(refuse)?;
    let (number, unit) = text.trim().split_at(letters);
    let number: u64 = number.parse().map_err(|_| refuse())?;
    let power = match unit.trim().to_ascii_uppercase().as_str() {
        "MB" => 2,
        "GB" => 3,
        "TB" => 4,
        _ => return Err(refuse()),
    };
    let bytes = number.checked_mul(1024_u64.pow(power)).filter(|bytes| i64::try_from(*bytes).is_ok());
    bytes.filter(|bytes| *bytes > 0).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_at_every_position() {
        for (address, shown) in [
            ("postgres://localhost/obcms", "postgres://localhost/obcms"),
            ("postgres://ana@localhost:5432/obcms", "postgres://ana@localhost:5432/obcms"),
            ("postgres://ana:secret@localhost:5432/obcms", "postgres://ana:****@localhost:5432/obcms"),
            ("postgres://ana:se@cr/et@localhost/obcms", "postgres://ana:****@localhost/obcms"),
            (
                "postgres://ana@localhost/obcms?password=secret",
                "postgres://ana@localhost/obcms?password=****",
            ),
            ("postgres://h/o?password=se@cret&user=ana", "postgres://h/o?password=****&user=ana"),
            ("postgres://h/o?sslpassword=one&password=two", "postgres://h/o?sslpassword=****&password=****"),
            ("mysql://ana:secret@localhost/obcms", "mysql://ana:****@localhost/obcms"),
        ] {
            assert_eq!(mask_passwords(address), shown);
        }
    }

    #[test]
    fn refused_database_address_does_not_show_its_password() {
        let message = parse_database("mysql://ana:secret@localhost/obcms").expect_err("mysql is refused");
        assert!(message.contains("mysql://ana:****@localhost") && !message.contains("secret"), "{message}");
    }

    #[test]
    fn listen_accepts_names_and_both_ip_versions() {
        for good in ["127.0.0.1:8080", "localhost:0", "[::1]:80", "0.0.0.0:65535"] {
            assert_eq!(parse_listen(good).as_deref(), Ok(good));
        }
        for bad in ["", "8080", ":8080", "::1:80", "localhost", "localhost:http", "localhost:70000", "a b:80"]
        {
            assert!(parse_listen(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn scheme_and_slashes_of_sqlite_addresses_are_removed() {
        let path = |text| match parse_database(text) {
            Ok(DatabaseAddress::Sqlite(path)) => path.display().to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(path("sqlite:obcms.db"), "obcms.db");
        assert_eq!(path("sqlite:/srv/obcms.db"), "/srv/obcms.db");
        assert_eq!(path("sqlite:///srv/obcms.db"), "/srv/obcms.db");
        assert!(parse_database("sqlite:").is_err());
        assert!(parse_database("obcms.db").is_err());
    }

    #[test]
    fn log_levels_are_levels_or_pairs() {
        for good in ["info", "off", "obcms_store=debug,info", "TRACE"] {
            assert!(parse_log_level(good).is_ok(), "{good} was refused");
        }
        for bad in ["verbose", "", "info,loud", "obcms_store=loud"] {
            assert!(parse_log_level(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn public_address_has_a_scheme_and_no_path() {
        assert_eq!(parse_public_url(""), Ok(None));
        assert_eq!(parse_public_url("https://a.example/"), Ok(Some("https://a.example".to_owned())));
        for bad in
            ["a.example", "ftp://a.example", "https://", "https://a.example/obcms", "https://u:p@a.example"]
        {
            assert!(parse_public_url(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn sizes_have_a_unit_and_bounds() {
        assert_eq!((parse_size("10 GB"), parse_size("1mb")), (Ok(10 << 30), Ok(1 << 20)));
        for bad in ["", "10", "GB", "-1 GB", "0 MB", "1.5 GB", "10 EB", "9999999999 TB"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_and_switches_have_bounds() {
        assert_eq!(parse_days("365"), Ok(365));
        assert!(parse_days("0").is_err() && parse_days("366").is_err() && parse_days("ten").is_err());
        assert_eq!(parse_switch("true"), Ok(true));
        assert!(parse_switch("yes").is_err());
    }
}

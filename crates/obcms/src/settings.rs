//! Settings: their declarations, sources and display.
//!
//! A setting is declared once, in the `settings!` list below. The field of [`Settings`], the command line flag, the
//! environment variable, the key in the TOML file, the help text and the line of `--print-config` all derive from
//! that declaration. The first of flag, environment, file and default that has a value wins.

mod flags;
mod source;
mod values;

pub use flags::{DatabaseFlags, ServingFlags};
pub use source::{ResolveError, resolve, unknown_variables};
pub use values::{DatabaseAddress, LogFormat};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use obcms_domain::core::networks::Network;
use obcms_web::MetricsAccess;
use std::path::PathBuf;
use std::time::Duration;
use values::{
    parse_connections, parse_database, parse_days, parse_directory, parse_file, parse_listen,
    parse_log_format, parse_log_level, parse_metrics, parse_milliseconds, parse_networks, parse_office_name,
    parse_public_url, parse_size, parse_switch, parse_timezone,
};

/// Commands that a setting applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every command that opens the database.
    Everywhere,
    /// Only commands that serve requests.
    Serving,
}

/// Declaration of a setting.
#[derive(Debug)]
pub struct Declaration {
    /// Key in the TOML file.
    pub key: &'static str,
    /// Flag, without the leading dashes.
    pub flag: &'static str,
    /// Environment variable.
    pub environment: &'static str,
    /// Default value as text; empty for "not set".
    pub default: &'static str,
    /// Commands that have the flag.
    pub scope: Scope,
    /// Placeholder of the value in the help.
    pub placeholder: &'static str,
    /// Help text.
    pub help: &'static str,
}

macro_rules! settings {
    ($( $key:ident: $type:ty {
        flag: $flag:literal, environment: $environment:literal, default: $default:literal, parse: $parse:path, scope: $scope:ident,
        placeholder: $placeholder:literal, help: $help:literal $(,)?
    } )*) => {
        /// Parsed settings.
        #[allow(rustdoc::bare_urls)] // The help of a flag is its documentation.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $( #[doc = $help] pub $key: $type, )*
            /// Shift of the clock, in tests.
            pub test_clock_shift: Option<SignedDuration>,
        }

        /// All settings in display order.
        pub const DECLARATIONS: &[Declaration] = &[
            $( Declaration {
                key: stringify!($key),
                flag: $flag,
                environment: $environment,
                default: $default,
                scope: Scope::$scope,
                placeholder: $placeholder,
                help: $help,
            }, )*
        ];

        impl Settings {
            /// Parses the text of every key. The error contains the key and the reason.
            fn parse<'a>(text_of: impl Fn(&'static str) -> &'a str) -> Result<Settings, (&'static str, String)> {
                Ok(Settings {
                    $( $key: $parse(text_of(stringify!($key))).map_err(|reason| (stringify!($key), reason))?, )*
                    test_clock_shift: None,
                })
            }
        }
    };
}

settings! {
    listen: String {
        flag: "listen", environment: "OBCMS_LISTEN", default: "127.0.0.1:8080", parse: parse_listen, scope: Serving,
        placeholder: "ADDRESS:PORT", help: "Address and port to listen on",
    }
    data: PathBuf {
        flag: "data", environment: "OBCMS_DATA", default: "./data", parse: parse_directory, scope: Everywhere,
        placeholder: "DIRECTORY", help: "Directory of the SQLite database and all other files",
    }
    key_file: Option<PathBuf> {
        flag: "key-file", environment: "OBCMS_KEY_FILE", default: "", parse: parse_file, scope: Everywhere,
        placeholder: "FILE", help: "File with the key that encrypts secrets; secret.key in the data directory when not set. Several servers on one database share it",
    }
    database: DatabaseAddress {
        flag: "database", environment: "OBCMS_DATABASE", default: "sqlite:obcms.db", parse: parse_database, scope: Everywhere,
        placeholder: "URL", help: "sqlite:PATH, relative to the data directory, or postgres://USER:PASSWORD@HOST/NAME",
    }
    files_quota: u64 {
        flag: "files-quota", environment: "OBCMS_FILES_QUOTA", default: "10 GB", parse: parse_size, scope: Everywhere,
        placeholder: "SIZE", help: "Maximum size of all attached files together, such as 500 MB, 10 GB or 2 TB",
    }
    log_format: LogFormat {
        flag: "log-format", environment: "OBCMS_LOG_FORMAT", default: "text", parse: parse_log_format, scope: Everywhere,
        placeholder: "FORMAT", help: "Format of the log lines on standard error: text or json",
    }
    log_level: String {
        flag: "log-level", environment: "OBCMS_LOG_LEVEL", default: "info", parse: parse_log_level, scope: Everywhere,
        placeholder: "LEVEL", help: "off, error, warn, info, debug or trace, or one per module such as obcms_store=debug,info",
    }
    slow_statement_ms: Duration {
        flag: "slow-statement-ms", environment: "OBCMS_SLOW_STATEMENT_MS", default: "500", parse: parse_milliseconds, scope: Everywhere,
        placeholder: "MILLISECONDS", help: "Time from which on a statement of the database is named in the log, 0 for never",
    }
    office_timezone: TimeZone {
        flag: "office-timezone", environment: "OBCMS_OFFICE_TIMEZONE", default: "Asia/Manila", parse: parse_timezone, scope: Serving,
        placeholder: "NAME", help: "IANA time zone of the office, which defines \"today\"",
    }
    office_name: String {
        flag: "office-name", environment: "OBCMS_OFFICE_NAME", default: "", parse: parse_office_name, scope: Serving,
        placeholder: "NAME", help: "Name of the office, at the top of reports",
    }
    office_logo: Option<PathBuf> {
        flag: "office-logo", environment: "OBCMS_OFFICE_LOGO", default: "", parse: parse_file, scope: Serving,
        placeholder: "FILE", help: "Logo of the office as PNG or JPEG, at the top of reports",
    }
    public_url: Option<String> {
        flag: "public-url", environment: "OBCMS_PUBLIC_URL", default: "", parse: parse_public_url, scope: Serving,
        placeholder: "URL", help: "Public address, for links and secure cookies, such as https://obcms.example.org",
    }
    session_days: u32 {
        flag: "session-days", environment: "OBCMS_SESSION_DAYS", default: "14", parse: parse_days, scope: Serving,
        placeholder: "DAYS", help: "Days after which an unused session ends, 1 to 365",
    }
    trusted_proxies: Vec<Network> {
        flag: "trusted-proxies", environment: "OBCMS_TRUSTED_PROXIES", default: "", parse: parse_networks, scope: Serving,
        placeholder: "NETWORKS", help: "Networks of reverse proxies whose X-Forwarded headers are trusted, such as 127.0.0.1/32,10.0.0.0/8",
    }
    trusted_proxy: bool {
        flag: "trusted-proxy", environment: "OBCMS_TRUSTED_PROXY", default: "false", parse: parse_switch, scope: Serving,
        placeholder: "true|false", help: "Trust proxies on this machine and in private networks; --trusted-proxies is more precise",
    }
    max_connections: usize {
        flag: "max-connections", environment: "OBCMS_MAX_CONNECTIONS", default: "2000", parse: parse_connections, scope: Serving,
        placeholder: "NUMBER", help: "Maximum number of connections; above it the longest idle ones are closed, 10 to 100000",
    }
    max_connections_per_address: usize {
        flag: "max-connections-per-address", environment: "OBCMS_MAX_CONNECTIONS_PER_ADDRESS", default: "250", parse: parse_connections, scope: Serving,
        placeholder: "NUMBER", help: "Maximum number of connections from one address, except trusted proxies, 10 to 100000",
    }
    metrics: MetricsAccess {
        flag: "metrics", environment: "OBCMS_METRICS", default: "token", parse: parse_metrics, scope: Serving,
        placeholder: "WHO", help: "Who may read /metrics: token (an administrator's), loopback (also programs on this machine that do not come through a proxy) or off",
    }
    allow_private_addresses: bool {
        flag: "allow-private-addresses", environment: "OBCMS_ALLOW_PRIVATE_ADDRESSES", default: "false", parse: parse_switch, scope: Serving,
        placeholder: "true|false", help: "Fetch external calendars from this machine and from private networks, too",
    }
}

impl Settings {
    /// Returns the networks of the trusted proxies, from all sources.
    #[must_use]
    pub fn proxies(&self) -> Vec<Network> {
        let mut networks = self.trusted_proxies.clone();
        if self.trusted_proxy {
            networks.extend(Network::inside());
        }
        networks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_valid() {
        let default_of = |key| {
            DECLARATIONS.iter().find(|declaration| declaration.key == key).map_or("", |found| found.default)
        };
        let settings = Settings::parse(default_of).expect("the defaults parse");
        assert_eq!(settings.listen, "127.0.0.1:8080");
        assert_eq!(settings.office_timezone.iana_name(), Some("Asia/Manila"));
        assert_eq!(settings.public_url, None);
    }

    #[test]
    fn flag_and_environment_variable_derive_from_the_key() {
        for declaration in DECLARATIONS {
            assert_eq!(declaration.flag, declaration.key.replace('_', "-"));
            assert_eq!(declaration.environment, format!("OBCMS_{}", declaration.key.to_uppercase()));
        }
    }

    #[test]
    fn readme_table_equals_the_settings() {
        let readme = include_str!("../../../README.md");
        for Declaration { flag, environment, default, help, .. } in DECLARATIONS {
            let default = if default.is_empty() { "(not set)".to_owned() } else { format!("`{default}`") };
            let row = format!("| `--{flag}` | `{environment}` | {default} | {help} |");
            assert!(readme.lines().any(|line| line == row), "README.md lacks the line: {row}");
        }
    }
}

//! Resolution of every setting, with its source.

use super::flags::Flags;
use super::{DECLARATIONS, Declaration, Settings};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the settings file in the data directory that is read by default.
const FILE_NAME: &str = "obcms.toml";

/// Source of the text of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Flag,
    Environment,
    File(PathBuf),
    Default,
}

/// Settings together with the source of each.
#[derive(Debug)]
pub struct Resolved {
    /// Parsed values.
    pub settings: Settings,
    texts: BTreeMap<&'static str, (String, Source)>,
}

/// Error of the resolution.
#[derive(Debug, PartialEq, Eq)]
pub struct ResolveError {
    /// Message of one line that says what to do.
    pub message: String,
    /// True if the error is on the command line itself.
    pub bad_usage: bool,
}

impl Resolved {
    /// Formats the settings as a TOML file, every line with its source, without secrets.
    pub fn print(&self) -> String {
        let lines: Vec<(String, String)> = DECLARATIONS
            .iter()
            .map(|declaration| {
                let (text, source) = &self.texts[declaration.key];
                (self.line(declaration, text), describe(declaration, source))
            })
            .collect();
        let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default();
        lines.iter().fold(String::new(), |mut printed, (line, source)| {
            printed.push_str(&format!("{line:width$}  # {source}\n"));
            printed
        })
    }

    fn line(&self, declaration: &Declaration, text: &str) -> String {
        let key = declaration.key;
        if text.is_empty() {
            return format!("# {key} is not set");
        }
        let shown = if key == "database" { self.settings.database.to_string() } else { text.to_owned() };
        let bare = declaration.default.parse::<u32>().is_ok() || declaration.default.parse::<bool>().is_ok();
        if bare { format!("{key} = {shown}") } else { format!("{key} = {}", toml::Value::String(shown)) }
    }
}

fn describe(declaration: &Declaration, source: &Source) -> String {
    match source {
        Source::Flag => format!("flag --{}", declaration.flag),
        Source::Environment => format!("environment {}", declaration.environment),
        Source::File(path) => format!("file {}", path.display()),
        Source::Default => "default".to_owned(),
    }
}

/// Resolves every setting: flag, then environment, then file, then default. An empty environment variable counts as
/// unset, because service managers and compose files pass empty values for unset variables.
pub fn resolve<const SERVING: bool>(
    flags: &Flags<SERVING>,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Resolved, ResolveError> {
    let environment = |name: &str| environment(name).filter(|value| !value.is_empty());
    let mut texts: BTreeMap<&'static str, (String, Source)> = BTreeMap::new();
    for declaration in DECLARATIONS {
        if let Some(value) = flags.values.get(declaration.key) {
            texts.insert(declaration.key, (value.clone(), Source::Flag));
        } else if let Some(value) = environment(declaration.environment) {
            texts.insert(declaration.key, (value, Source::Environment));
        }
    }
    if let Some((path, found_in_data)) = settings_file(flags.config.clone(), environment, &texts) {
        for (key, value) in read_file(&path, found_in_data)? {
            texts.entry(key).or_insert_with(|| (value, Source::File(path.clone())));
        }
    }
    for declaration in DECLARATIONS {
        texts.entry(declaration.key).or_insert_with(|| (declaration.default.to_owned(), Source::Default));
    }

    match Settings::parse(|key| texts[key].0.as_str()) {
        Ok(settings) => Ok(Resolved {
            settings: Settings { test_clock_shift: flags.test_clock_shift, ..settings },
            texts,
        }),
        Err((key, reason)) => Err(refusal(key, &texts[key].1, &reason)),
    }
}

fn refusal(key: &str, source: &Source, reason: &str) -> ResolveError {
    let place = DECLARATIONS.iter().find(|declaration| declaration.key == key).map_or_else(
        String::new,
        |declaration| match source {
            Source::Flag => format!("--{}", declaration.flag),
            Source::Environment => declaration.environment.to_owned(),
            Source::File(path) => format!("{key} in {}", path.display()),
            Source::Default => format!("the default of {key}"),
        },
    );
    ResolveError { message: format!("{place}: {reason}"), bad_usage: *source == Source::Flag }
}

/// Returns the settings file, and true if it is the default one of the data directory.
fn settings_file(
    flag: Option<PathBuf>,
    environment: impl Fn(&str) -> Option<String>,
    texts: &BTreeMap<&'static str, (String, Source)>,
) -> Option<(PathBuf, bool)> {
    if let Some(named) = flag.or_else(|| environment("OBCMS_CONFIG").map(PathBuf::from)) {
        return Some((named, false));
    }
    let data = match texts.get("data") {
        Some((data, _)) => data.as_str(),
        None => DECLARATIONS.iter().find(|declaration| declaration.key == "data")?.default,
    };
    let path = Path::new(data).join(FILE_NAME);
    path.exists().then_some((path, true))
}

fn read_file(path: &Path, found_in_data: bool) -> Result<Vec<(&'static str, String)>, ResolveError> {
    let refuse = |message: String| ResolveError { message, bad_usage: false };
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| refuse(format!("cannot read the settings file {shown}: {error}")))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        refuse(format!("{shown} is not valid TOML at line {line}: {}", error.message().replace('\n', " ")))
    })?;

    let mut found = Vec::with_capacity(table.len());
    for (key, value) in table {
        let Some(declaration) = DECLARATIONS.iter().find(|declaration| declaration.key == key) else {
            return Err(refuse(format!(
                "{shown}: unknown setting '{key}'; the nearest is '{}'",
                nearest(&key)
            )));
        };
        if found_in_data && declaration.key == "data" {
            return Err(refuse(format!(
                "{shown} is in the data directory and cannot change it; set --data or OBCMS_DATA"
            )));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(switch) => switch.to_string(),
            other => {
                return Err(refuse(format!("{key} in {shown}: must be one value, not {}", other.type_str())));
            }
        };
        found.push((declaration.key, text));
    }
    Ok(found)
}

/// Returns the known key closest to the given one.
fn nearest(key: &str) -> &'static str {
    nearest_of(key, DECLARATIONS.iter().map(|declaration| declaration.key))
}

fn nearest_of(word: &str, known: impl Iterator<Item = &'static str>) -> &'static str {
    known.min_by_key(|known| strsim::damerau_levenshtein(word, known)).unwrap_or_default()
}

/// Returns a warning for every unknown environment variable with our prefix. Unlike an unknown key in the file it is
/// not an error, because the environment is shared with other programs.
pub fn unknown_variables(names: impl Iterator<Item = String>) -> Vec<String> {
    /// Our variables that are read elsewhere: the settings file, the built user interface, the database of the tests.
    const OTHERS: [&str; 3] = ["OBCMS_CONFIG", "OBCMS_UI_DIST", "OBCMS_TEST_POSTGRES"];
    let known = || DECLARATIONS.iter().map(|declaration| declaration.environment).chain(OTHERS);
    names
        .filter(|name| name.starts_with("OBCMS_") && !known().any(|known| known == name))
        .map(|name| format!("{name} is not a setting; the nearest is {}", nearest_of(&name, known())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::ServingFlags;
    use super::*;

    /// Directory of one test, deleted at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("obcms-settings-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).expect("a folder for the test");
            Folder(path)
        }

        fn write(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.join(name);
            std::fs::write(&path, text).expect("a file for the test");
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn flags(values: &[(&'static str, &str)]) -> ServingFlags {
        ServingFlags {
            values: values.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
            config: None,
            test_clock_shift: None,
        }
    }

    fn environment(values: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
        |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn precedence_is_flag_environment_file_default() {
        let folder = Folder::new("order");
        let path = folder.write("o.toml", "listen = 'file:1'\nsession_days = 3\nlog_level = 'warn'\n");
        let mut given = flags(&[("listen", "flag:1")]);
        given.config = Some(path.clone());
        let resolved =
            resolve(&given, environment(&[("OBCMS_LISTEN", "environment:1"), ("OBCMS_SESSION_DAYS", "4")]))
                .expect("settings resolve");
        assert_eq!(resolved.settings.listen, "flag:1");
        assert_eq!(resolved.settings.session_days, 4);
        assert_eq!(resolved.settings.log_level, "warn");
        assert!(!resolved.settings.trusted_proxy);
        let printed = resolved.print();
        let source_of = |key: &str| {
            let line = printed.lines().find(|line| line.starts_with(key)).expect("a line for the key");
            line.rsplit_once("# ").expect("a source").1.to_owned()
        };
        assert_eq!(source_of("listen"), "flag --listen");
        assert_eq!(source_of("session_days"), "environment OBCMS_SESSION_DAYS");
        assert_eq!(source_of("log_level"), format!("file {}", path.display()));
        assert_eq!(source_of("trusted_proxy"), "default");
    }

    #[test]
    fn printed_settings_can_be_read_back() {
        let given = flags(&[("public_url", "https://a.example"), ("log_level", "obcms_store=debug,info")]);
        let first = resolve(&given, |_| None).expect("settings resolve").print();
        let folder = Folder::new("again");
        let mut again = flags(&[]);
        again.config = Some(folder.write("printed.toml", &first));
        let resolved = resolve(&again, |_| None).expect("the printed settings resolve");
        assert_eq!(resolved.settings.public_url.as_deref(), Some("https://a.example"));
        assert_eq!(resolved.settings.log_level, "obcms_store=debug,info");
    }

    #[test]
    fn empty_environment_variable_is_unset() {
        let resolved = resolve(&flags(&[]), environment(&[("OBCMS_LISTEN", "")])).expect("settings resolve");
        assert_eq!(resolved.settings.listen, "127.0.0.1:8080");
    }

    #[test]
    fn file_in_the_data_directory_is_found_and_cannot_move_it() {
        let folder = Folder::new("found");
        folder.write(FILE_NAME, "session_days = 5\n");
        let data = folder.0.display().to_string();
        let resolved = resolve(&flags(&[("data", &data)]), |_| None).expect("settings resolve");
        assert_eq!(resolved.settings.session_days, 5);

        folder.write(FILE_NAME, "data = '/elsewhere'\n");
        let refused =
            resolve(&flags(&[("data", &data)]), |_| None).expect_err("data in that file is refused");
        assert!(refused.message.contains("--data or OBCMS_DATA"), "{}", refused.message);
    }

    #[test]
    fn unknown_key_is_reported_with_the_closest_known_one() {
        let folder = Folder::new("unknown");
        let mut given = flags(&[]);
        given.config = Some(folder.write("o.toml", "lisen = 'a:1'\n"));
        let refused = resolve(&given, |_| None).expect_err("an unknown key is refused");
        assert!(
            refused.message.contains("'lisen'") && refused.message.contains("'listen'"),
            "{}",
            refused.message
        );
        assert!(!refused.bad_usage);
    }

    #[test]
    fn invalid_file_is_reported_with_its_line() {
        let folder = Folder::new("broken");
        let mut given = flags(&[]);
        given.config = Some(folder.write("o.toml", "log_level = 'info'\nlisten = \n"));
        let refused = resolve(&given, |_| None).expect_err("broken TOML is refused");
        assert!(refused.message.contains("o.toml is not valid TOML at line 2"), "{}", refused.message);

        given.config = Some(folder.write("o.toml", "listen = ['a:1']\n"));
        let refused = resolve(&given, |_| None).expect_err("a list is refused");
        assert!(refused.message.contains("not array"), "{}", refused.message);

        given.config = Some(folder.0.join("absent.toml"));
        let refused = resolve(&given, |_| None).expect_err("an absent file is refused");
        assert!(refused.message.contains("absent.toml"), "{}", refused.message);
    }

    #[test]
    fn invalid_value_names_its_source_and_only_a_flag_is_bad_usage() {
        let refused =
            resolve(&flags(&[("session_days", "no")]), |_| None).expect_err("a wrong flag is refused");
        assert!(refused.bad_usage && refused.message.starts_with("--session-days: "), "{}", refused.message);
        let refused = resolve(&flags(&[]), environment(&[("OBCMS_SESSION_DAYS", "no")]))
            .expect_err("a wrong variable is refused");
        assert!(
            !refused.bad_usage && refused.message.starts_with("OBCMS_SESSION_DAYS: "),
            "{}",
            refused.message
        );
    }

    #[test]
    fn misspelled_variable_is_reported_with_the_closest_known_one() {
        let names = ["PATH", "OBCMS_LISTEN", "OBCMS_CONFIG", "OBCMS_LISTNE"].map(str::to_owned);
        let warnings = unknown_variables(names.into_iter());
        assert_eq!(warnings, ["OBCMS_LISTNE is not a setting; the nearest is OBCMS_LISTEN"]);
    }
}

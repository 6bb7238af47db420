//! Command line flags, generated from the declarations.

use super::{DECLARATIONS, Declaration, Scope};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Flags of a command that opens the database.
pub type DatabaseFlags = Flags<false>;

/// Flags of a command that serves requests.
pub type ServingFlags = Flags<true>;

/// Values given on the command line, for the settings in scope.
#[derive(Debug, Clone, Default)]
pub struct Flags<const SERVING: bool> {
    /// Value of each given flag, by the key of the setting.
    pub values: BTreeMap<&'static str, String>,
    /// Settings file given on the command line.
    pub config: Option<PathBuf>,
    /// Shift of the clock; only in debug builds, for tests.
    pub test_clock_shift: Option<SignedDuration>,
}

/// Name of the flag that shifts the clock.
const TEST_CLOCK_SHIFT: &str = "test-clock-shift";

fn in_scope(serving: bool) -> impl Iterator<Item = &'static Declaration> {
    DECLARATIONS.iter().filter(move |declaration| serving || declaration.scope == Scope::Everywhere)
}

fn argument(declaration: &Declaration) -> Arg {
    let default = match declaration.default {
        "" => String::new(),
        default => format!(", default: {default}"),
    };
    let argument = Arg::new(declaration.key)
        .long(declaration.flag)
        .value_name(declaration.placeholder)
        .help(format!("{} [{}{default}]", declaration.help, declaration.environment))
        .help_heading("Settings");
    if matches!(declaration.default, "true" | "false") {
        argument.num_args(0..=1).require_equals(true).default_missing_value("true")
    } else {
        argument
    }
}

/// Adds the hidden flag that shifts the clock. Tokens, sessions and shares depend on the clock: a release build has no
/// such flag, and no environment variable or file shifts the clock.
fn with_test_clock_shift(command: Command) -> Command {
    if !cfg!(debug_assertions) {
        return command;
    }
    command.arg(
        Arg::new(TEST_CLOCK_SHIFT)
            .long(TEST_CLOCK_SHIFT)
            .value_name("DURATION")
            .value_parser(clap::value_parser!(SignedDuration))
            .require_equals(true)
            .hide(true)
            .help("Shift of the clock against that of the machine, for tests, such as PT48H or -PT1H"),
    )
}

impl<const SERVING: bool> Args for Flags<SERVING> {
    fn augment_args(command: Command) -> Command {
        with_test_clock_shift(command).args(in_scope(SERVING).map(argument)).arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help("TOML file with settings [OBCMS_CONFIG, default: obcms.toml in the data directory if it is there]")
                .help_heading("Settings"),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const SERVING: bool> FromArgMatches for Flags<SERVING> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for declaration in in_scope(SERVING) {
            if let Some(value) = matches.get_one::<String>(declaration.key) {
                self.values.insert(declaration.key, value.clone());
            }
        }
        if let Some(config) = matches.get_one::<PathBuf>("config") {
            self.config = Some(config.clone());
        }
        // A release build does not declare it.
        if let Ok(Some(shift)) = matches.try_get_one::<SignedDuration>(TEST_CLOCK_SHIFT) {
            self.test_clock_shift = Some(*shift);
        }
        Ok(())
    }
}

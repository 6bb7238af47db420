//! `obcms import`: imports records from files, also while a server runs.

use super::print_stdout;
use super::user::open;
use crate::failure::Failure;
use crate::settings::DatabaseFlags;
use clap::Subcommand;
use obcms_app::Actor;
use obcms_app::programme::ppa_files::{self, PpaFile, Problem, Report};
use obcms_domain::core::money;
use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Import records from files.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Import PPAs of ministries, offices and agencies with their indicators, all or none.
    ///
    /// Missing organizations are created. Existing PPAs, with the same lead organization, title and fiscal year, are not
    /// changed. If any file has a problem, nothing is imported and every problem is printed with its file and line.
    Ppas {
        /// YAML file, or folder whose .yaml and .yml files are read by name; can be repeated.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Fiscal year of the PPAs and of their targets; the current year by default.
        #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(2000..=2100))]
        fiscal_year: Option<i16>,
        /// Print what would be imported, without changes.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        ImportCommand::Ppas { paths, fiscal_year, dry_run, settings } => {
            let files = read_files(paths);
            let count = files.len();
            // Files that are readable are checked, too: one run shows all problems.
            let (texts, mut problems) = split(files);
            let bodies = match ppa_files::read(&texts) {
                Ok(bodies) => bodies,
                Err(found) => {
                    problems.extend(found);
                    Vec::new()
                }
            };
            if !problems.is_empty() {
                return Err(refuse(&problems));
            }
            let app = open(settings)?;
            let year = fiscal_year.unwrap_or_else(|| app.today().year());
            match app.import_ppas(&Actor::program(), &bodies, year, *dry_run)? {
                Ok(report) => print_stdout(&describe(&report, count, year, *dry_run)),
                Err(problems) => Err(refuse(&problems)),
            }
        }
    }
}

/// Prints the problems. Returns the failure of the command.
fn refuse(problems: &[Problem]) -> Failure {
    for problem in problems {
        eprintln!("{problem}");
    }
    match problems.len() {
        1 => Failure::new("nothing was imported because of this problem"),
        count => Failure::new(format_args!("nothing was imported because of these {count} problems")),
    }
}

/// Reads all files, each once, in the order of the arguments and of the names in a folder.
fn read_files(paths: &[PathBuf]) -> Vec<Result<PpaFile, Problem>> {
    let mut known = HashSet::new();
    let mut files = Vec::new();
    for path in paths {
        let found = match files_at(path) {
            Ok(found) => found,
            Err(problem) => {
                files.push(Err(problem));
                continue;
            }
        };
        for file in found {
            // A file that is given by itself and with its folder is one.
            if known.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                files.push(read_file(&file));
            }
        }
    }
    files
}

fn split(files: Vec<Result<PpaFile, Problem>>) -> (Vec<PpaFile>, Vec<Problem>) {
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        match file {
            Ok(text) => texts.push(text),
            Err(problem) => problems.push(problem),
        }
    }
    (texts, problems)
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::of_file(path.display().to_string(), format!("The file cannot be read: {error}."))
}

/// Returns the file itself, or the YAML files of a folder by name, without hidden ones.
fn files_at(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(|error| unreadable(path, &error))?;
    let mut found: Vec<PathBuf> =
        entries.iter().map(fs::DirEntry::path).filter(|path| is_yaml(path) && !path.is_dir()).collect();
    found.sort();
    if found.is_empty() {
        let reason = "The folder has no .yaml or .yml files.";
        return Err(Problem::of_file(path.display().to_string(), reason));
    }
    Ok(found)
}

fn is_yaml(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    !is_hidden && extension.is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn read_file(path: &Path) -> Result<PpaFile, Problem> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let name = path.display().to_string();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(PpaFile { name, text }),
        Err(error) => {
            let end = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count();
            Err(Problem::of_line(name, line, "The file must be encoded in UTF-8."))
        }
    }
}

/// Describes an import, or one that would be made.
fn describe(report: &Report, files: usize, year: i16, is_trial: bool) -> String {
    let created = if is_trial { "to create" } else { "created" };
    let count = |number: usize| money::grouped(u64::try_from(number).unwrap_or(u64::MAX));
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{label:<14} {value}");
    };
    line("fiscal year", year.to_string());
    line("files", count(files));
    line("PPAs", format!("{} {created}, {} existing", count(report.created), count(report.existing)));
    line(
        "indicators",
        format!(
            "{} {created}, {} of existing PPAs",
            count(report.created_indicators),
            count(report.existing_indicators)
        ),
    );
    line("organizations", format!("{} {created}", count(report.created_organizations)));
    line("budgets", pesos(report.budgets));
    for other in &report.other_names {
        let _ =
            writeln!(text, "{}: “{}” is the organization “{}”.", other.place, other.given, other.recorded);
    }
    for other in &report.other_budgets {
        let recorded = other.recorded.map_or_else(|| "no budget".to_owned(), pesos);
        let (place, title, given) = (&other.place, &other.title, pesos(other.given));
        let _ = writeln!(text, "{place}: “{title}” exists with {recorded}; the file has {given}.");
    }
    if is_trial {
        text.push_str("dry run: nothing was imported\n");
    }
    text
}

/// Formats an amount: `PHP 1,250,000.00`.
fn pesos(centavos: i64) -> String {
    money::format(centavos).replace('₱', "PHP ")
}

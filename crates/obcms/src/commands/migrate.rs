//! `obcms migrate`: migrates the schema of the database to this program.

use super::print_stdout;
use crate::failure::Failure;
use crate::opened;
use crate::settings::{DatabaseFlags, resolve};
use obcms_app::App;
use obcms_store::migrations::{self, Status};

/// Migrate the database schema to the version of this program.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Show which steps are applied, without changes.
    #[arg(long)]
    status: bool,
    #[command(flatten)]
    settings: DatabaseFlags,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = resolve(&arguments.settings, |name| std::env::var(name).ok())?.settings;
    let app = if arguments.status { opened::beside_server(&settings) } else { opened::to_write(&settings) }?;
    if arguments.status {
        let steps = migrations::status(app.database()).map_err(Failure::new)?;
        return print_stdout(&steps.iter().map(line).collect::<String>());
    }
    let missing = steps_missing(&app)?;
    app.prepare()?;
    match missing {
        0 => print_stdout("the schema is up to date\n"),
        1 => print_stdout("1 step applied; the schema is up to date\n"),
        steps => print_stdout(&format!("{steps} steps applied; the schema is up to date\n")),
    }
}

/// Returns the number of pending migrations. Applying the migrations refuses a schema that this program does not
/// know.
fn steps_missing(app: &App) -> Result<usize, Failure> {
    let steps = migrations::status(app.database()).map_err(Failure::new)?;
    Ok(steps.iter().filter(|step| step.applied_at.is_none()).count())
}

fn line(step: &Status) -> String {
    let applied =
        step.applied_at.map_or_else(|| "not applied".to_owned(), |instant| format!("applied {instant:.0}"));
    format!("{:>4}  {applied:<28}  {}\n", step.version, step.name)
}

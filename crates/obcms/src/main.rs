//! Entry point of the obcms program: parses the command line and runs one command.

mod commands;
mod data;
mod failure;
mod key;
mod logging;
mod opened;
mod server;
mod settings;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A programme office in one program: needs, projects, tasks, calendar and resources.
#[derive(Debug, Parser)]
#[command(name = "obcms", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(commands::demo::Arguments),
    Serve(commands::serve::Arguments),
    Migrate(commands::migrate::Arguments),
    Doctor(commands::doctor::Arguments),
    Backup(commands::backup::Arguments),
    Restore(commands::restore::Arguments),
    User(commands::user::Arguments),
    Token(commands::token::Arguments),
    Import(commands::import::Arguments),
}

impl Command {
    /// Returns the name on the command line.
    fn name(&self) -> &'static str {
        match self {
            Command::Demo(_) => "demo",
            Command::Serve(_) => "serve",
            Command::Migrate(_) => "migrate",
            Command::Doctor(_) => "doctor",
            Command::Backup(_) => "backup",
            Command::Restore(_) => "restore",
            Command::User(_) => "user",
            Command::Token(_) => "token",
            Command::Import(_) => "import",
        }
    }
}

fn main() -> ExitCode {
    let command = CommandLine::parse().command;
    logging::name_command(command.name());
    let outcome = match command {
        Command::Demo(arguments) => commands::demo::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Migrate(arguments) => commands::migrate::run(&arguments),
        Command::Doctor(arguments) => commands::doctor::run(&arguments),
        Command::Backup(arguments) => commands::backup::run(&arguments),
        Command::Restore(arguments) => commands::restore::run(&arguments),
        Command::User(arguments) => commands::user::run(&arguments),
        Command::Token(arguments) => commands::token::run(&arguments),
        Command::Import(arguments) => commands::import::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

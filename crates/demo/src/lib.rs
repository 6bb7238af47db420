//! Sample data of a fictional office.
//!
//! The history of the office is simulated from its first day to last night: [`fill`] puts all actions of people into
//! a queue ordered by time and runs them with the same commands that people use, each by an actor who may. So
//! history, validations, stages and completions have realistic times. The same plan gives the same rows every time.

mod alerts;
mod approval;
mod bookings;
mod budget_cycle;
mod ceilings;
pub mod content;
mod days;
mod events;
mod field;
mod files;
mod goals;
mod ledger;
mod organizations;
mod people;
mod places;
mod policies;
mod programmes;
mod projects;
mod random;
mod reports;
mod results;
mod scenarios;
mod series;
mod services;
mod tasks;
mod templates;
mod words;
mod world;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_app::{Actor, App, AppError, FixedClock};
use serde::{Deserialize, Serialize};

use world::World;

/// Size of the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A few dozen records of each kind.
    Small,
    /// 50 users, 1,000 events, 200 assessments, 300 PPAs and about 5,000 tasks.
    Office,
    /// Ten times the office.
    Region,
}

impl Size {
    /// Returns the size of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "small" => Some(Self::Small),
            "office" => Some(Self::Office),
            "region" => Some(Self::Region),
            _ => None,
        }
    }

    /// Returns the number of records of each kind.
    const fn counts(self) -> Counts {
        match self {
            Self::Small => Counts {
                users: 16,
                organizations: 12,
                communities: 32,
                needs: 48,
                assessments: 28,
                events: 72,
                ppas: 52,
                policies: 26,
                services: 10,
                applications: 24,
                tasks: 420,
            },
            Self::Office => Counts {
                users: 50,
                organizations: 200,
                communities: 157,
                needs: 360,
                assessments: 200,
                events: 1000,
                ppas: 300,
                policies: 60,
                services: 23,
                applications: 160,
                tasks: 5000,
            },
            Self::Region => Counts {
                users: 500,
                organizations: 400,
                communities: 1570,
                needs: 3600,
                assessments: 2000,
                events: 10_000,
                ppas: 3000,
                policies: 600,
                services: 230,
                applications: 1600,
                tasks: 50_000,
            },
        }
    }
}

/// Number of records of each kind.
#[derive(Debug, Clone, Copy)]
struct Counts {
    users: usize,
    /// Local governments and other organizations each, besides the ministries.
    organizations: usize,
    communities: usize,
    needs: usize,
    assessments: usize,
    events: usize,
    ppas: usize,
    policies: usize,
    services: usize,
    applications: usize,
    /// Generated and manual tasks together.
    tasks: usize,
}

/// Plan of the data.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Size of the office.
    pub size: Size,
    /// Seed; the same seed gives the same rows.
    pub seed: u64,
    /// Seed of the passwords. It is random, so that nobody can derive them from the rest.
    pub password_seed: u64,
    /// Day around which everything is dated.
    pub today: Date,
    /// Time zone of the office.
    pub timezone: String,
}

impl Plan {
    fn zone(&self) -> Result<TimeZone, AppError> {
        TimeZone::get(&self.timezone)
            .map_err(|_| AppError::Setting(format!("there is no time zone {}", self.timezone)))
    }

    /// Returns the first day of the office: the beginning of last year, or sixteen months ago.
    fn first_day(&self) -> Date {
        let last_year = Date::new(self.today.year() - 1, 1, 1).unwrap_or(self.today);
        last_year.min(days::plus(self.today, -480))
    }

    /// Returns the time to build the program at, before [`fill`]: nothing in the database is older.
    pub fn start(&self) -> Result<Timestamp, AppError> {
        Ok(days::at(&self.zone()?, days::plus(self.first_day(), -1), 0))
    }
}

/// Account to sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// User name.
    pub username: String,
    /// Password in plain text.
    pub password: String,
    /// Role.
    pub role: String,
    /// Full name.
    pub full_name: String,
}

/// Fills a prepared database. For reproducible rows the clock must be that of the program, and its random generator
/// seeded; afterwards the clock is at the beginning of the plan's today. Returns one account of each role, with its
/// password; the other users have none and cannot sign in.
pub fn fill(
    app: &App,
    clock: &FixedClock,
    plan: &Plan,
    progress: &mut dyn FnMut(&str),
) -> Result<Vec<Account>, AppError> {
    let mut world = World::new(plan, plan.zone()?, plan.first_day(), plan.size.counts());
    templates::read(&mut world, app)?;
    progress("People, teams and organizations");
    let accounts = people::plan(&mut world, plan.password_seed);
    world.run(app, clock, progress)?;
    people::join_teams(&mut world, app)?;
    organizations::plan(&mut world, app)?;
    progress("Communities");
    places::plan(&mut world)?;
    world.run(app, clock, progress)?;
    progress("Two years of work");
    field::plan(&mut world);
    projects::plan(&mut world);
    programmes::plan(&mut world);
    goals::plan(&mut world);
    ceilings::plan(&mut world);
    approval::plan_delegations(&mut world);
    scenarios::plan(&mut world);
    policies::plan(&mut world);
    services::plan(&mut world);
    events::plan(&mut world);
    series::plan(&mut world);
    bookings::plan(&mut world, plan.seed);
    files::plan(&mut world);
    alerts::plan(&mut world);
    let generated = templates::plan(&mut world);
    tasks::plan(&mut world, generated);
    world.run(app, clock, progress)?;
    clock.set(world.now);
    // Calculates the holidays, as the yearly job has done in a program that began two years ago.
    let this_year = app.today().year();
    for year in this_year..=this_year + 2 {
        app.compute_holidays(&Actor::program(), year)?;
    }
    reports::request(app, &world)?;
    for account in &accounts {
        let user = app.user_named(&account.username)?;
        app.set_password(&Actor::program(), user.id, &account.password)?;
    }
    Ok(accounts)
}

//! Data of an office that does not exist, to try the program on.
//!
//! The office is played from its first day to last night: [`fill`] puts everything that people do into a queue in
//! the order of time and carries it out with the same commands that people use, each by somebody who may. So history,
//! validations, stages and completions lie where they belong. The same plan gives the same rows every time.

mod bookings;
pub mod content;
mod days;
mod events;
mod field;
mod organizations;
mod people;
mod places;
mod policies;
mod programmes;
mod projects;
mod random;
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

/// How large the office is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A few dozen of each thing.
    Small,
    /// 50 users, 1,000 events, 200 assessments, 300 PPAs and about 5,000 tasks.
    Office,
    /// Ten times the office.
    Region,
}

impl Size {
    /// The size of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "small" => Some(Self::Small),
            "office" => Some(Self::Office),
            "region" => Some(Self::Region),
            _ => None,
        }
    }

    /// What is to be made of each.
    const fn counts(self) -> Counts {
        match self {
            Self::Small => Counts {
                users: 16,
                organizations: 12,
                communities: 32,
                needs: 48,
                assessments: 28,
                events: 72,
                ppas: 30,
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

/// How many there will be.
#[derive(Debug, Clone, Copy)]
struct Counts {
    users: usize,
    /// Local governments and others each, besides the ministries.
    organizations: usize,
    communities: usize,
    needs: usize,
    assessments: usize,
    events: usize,
    ppas: usize,
    policies: usize,
    services: usize,
    applications: usize,
    /// Those that come with an origin and those that people make, together.
    tasks: usize,
}

/// What is to be made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How large the office is.
    pub size: Size,
    /// The same seed gives the same rows.
    pub seed: u64,
    /// Number from which the passwords follow: random, so that nobody works them out from the rest.
    pub password_seed: u64,
    /// The day around which everything is dated.
    pub today: Date,
    /// Zone of the office.
    pub timezone: String,
}

impl Plan {
    fn zone(&self) -> Result<TimeZone, AppError> {
        TimeZone::get(&self.timezone)
            .map_err(|_| AppError::Setting(format!("there is no time zone {}", self.timezone)))
    }

    /// The office's first day: the beginning of last year, or sixteen months ago.
    fn first_day(&self) -> Date {
        let last_year = Date::new(self.today.year() - 1, 1, 1).unwrap_or(self.today);
        last_year.min(days::plus(self.today, -480))
    }

    /// The time to build the program at, before [`fill`]: nothing in the database is older.
    pub fn start(&self) -> Result<Timestamp, AppError> {
        Ok(days::at(&self.zone()?, days::plus(self.first_day(), -1), 0))
    }
}

/// An account to sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Name to sign in with.
    pub username: String,
    /// Password, as it is typed.
    pub password: String,
    /// The one role it has.
    pub role: String,
    /// Name people read.
    pub full_name: String,
}

/// Fills a prepared database. The clock must be that of the program, and the program's randomness seeded, if two
/// fillings are to be the same; it stands at the beginning of the plan's today afterwards. Answers one account of each
/// role, with its password; the other users have none and cannot sign in.
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
    policies::plan(&mut world);
    services::plan(&mut world);
    events::plan(&mut world);
    series::plan(&mut world);
    bookings::plan(&mut world, plan.seed);
    let generated = templates::plan(&mut world);
    tasks::plan(&mut world, generated);
    world.run(app, clock, progress)?;
    clock.set(world.now);
    // What the program puts in at each turn of the year: it began two years ago.
    let this_year = app.today().year();
    for year in this_year..=this_year + 2 {
        app.compute_holidays(&Actor::program(), year)?;
    }
    for account in &accounts {
        let user = app.user_named(&account.username)?;
        app.set_password(&Actor::program(), user.id, &account.password)?;
    }
    Ok(accounts)
}

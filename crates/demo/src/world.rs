//! Simulation of the office: its people and records, and the queue of actions by time.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_app::{Actor, App, AppError, FixedClock, UnitOfWork, records};
use obcms_domain::core::id::Id;
use obcms_domain::registry::{Kind, Record};
use serde_json::Value as Json;

use crate::approval::Demand;
use crate::random::Random;
use crate::{Counts, Plan, days};

/// Actions per transaction: enough to avoid a disk sync for each.
const TOGETHER: usize = 200;

/// Action of a person at some time.
pub type Deed = Box<dyn FnOnce(&mut World, &mut UnitOfWork<'_, '_>) -> Result<(), AppError>>;

/// Person of the office, or partner.
pub struct Person {
    /// Actor of the commands.
    pub actor: Rc<Actor>,
    /// Role.
    pub role: &'static str,
    /// Name of the team, empty for none.
    pub team: &'static str,
}

/// Community as other records mention it.
#[derive(Clone)]
pub struct Place {
    /// Id of the community.
    pub id: Id,
    /// Name.
    pub name: String,
    /// Name of its municipality or city.
    pub municipality: String,
    /// PSGC of the municipality or city.
    pub municipality_code: String,
}

/// Organization that the office works with.
pub struct Organization {
    /// Id of the organization.
    pub id: Id,
    /// Acronym, or empty.
    pub acronym: String,
    /// Type.
    pub organization_type: String,
}

/// Resource that can be booked.
#[derive(Clone)]
pub struct Bookable {
    /// Id of the resource.
    pub id: Id,
    /// Type.
    pub resource_type: &'static str,
    /// Maximum number of bookings at once.
    pub units: i64,
    /// True if bookings need approval.
    pub requires_approval: bool,
    /// Day on which it is unavailable.
    pub closed: Option<Date>,
}

/// State of the simulated office.
pub struct World {
    pub random: Random,
    pub zone: TimeZone,
    pub counts: Counts,
    /// First day.
    pub first_day: Date,
    /// Today of the plan.
    pub today: Date,
    /// Beginning of today: all actions are earlier.
    pub now: Timestamp,
    pub people: Vec<Person>,
    /// Positions in `people` of the printed accounts, by role.
    pub known: HashMap<&'static str, usize>,
    pub organizations: Vec<Organization>,
    /// Resources that can be booked.
    pub bookable: Vec<Bookable>,
    pub places: Vec<Place>,
    pub assessments: Vec<Id>,
    /// Needs by the number from the plan; nothing until they are created.
    pub needs: Vec<Option<Id>>,
    /// Sector and estimated cost in centavos of the needs, by the same number.
    pub estimates: Vec<(&'static str, i64)>,
    /// Sector and id of the strategic goals.
    pub goals: Vec<(&'static str, Id)>,
    pub projects: Vec<Option<Id>>,
    pub ppas: Vec<Option<Id>>,
    /// Demands of the PPAs on the ceilings.
    pub demands: Vec<Demand>,
    /// Number of documents in the ledger.
    pub documents: usize,
    pub services: Vec<Option<Id>>,
    /// Ids of the templates by name.
    pub templates: BTreeMap<String, Id>,
    /// Times at which tasks may be generated, with the template.
    pub expected: Vec<(&'static str, Timestamp)>,
    /// Tasks whose outcome is already decided.
    pub followed: HashSet<Id>,
    queue: BTreeMap<(Timestamp, u64), (usize, Deed)>,
    sequence: u64,
}

/// The program itself as an actor.
pub const PROGRAM: usize = usize::MAX;

impl World {
    pub fn new(plan: &Plan, zone: TimeZone, first_day: Date, counts: Counts) -> Self {
        let now = days::at(&zone, plan.today, 0);
        Self {
            random: Random::new(plan.seed),
            zone,
            counts,
            first_day,
            today: plan.today,
            now,
            people: Vec::new(),
            known: HashMap::new(),
            organizations: Vec::new(),
            bookable: Vec::new(),
            places: Vec::new(),
            assessments: Vec::new(),
            needs: Vec::new(),
            estimates: Vec::new(),
            goals: Vec::new(),
            projects: Vec::new(),
            ppas: Vec::new(),
            demands: Vec::new(),
            documents: 0,
            services: Vec::new(),
            templates: BTreeMap::new(),
            expected: Vec::new(),
            followed: HashSet::new(),
            queue: BTreeMap::new(),
            sequence: 0,
        }
    }

    /// Queues an action; drops it if it is not before today.
    pub fn schedule(
        &mut self,
        when: Timestamp,
        person: usize,
        deed: impl FnOnce(&mut Self, &mut UnitOfWork<'_, '_>) -> Result<(), AppError> + 'static,
    ) {
        if when < self.now {
            self.sequence += 1;
            self.queue.insert((when, self.sequence), (person, Box::new(deed)));
        }
    }

    /// Runs the queued actions, and those that they queue, in order of time.
    pub fn run(
        &mut self,
        app: &App,
        clock: &FixedClock,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), AppError> {
        let program = Rc::new(Actor::program());
        let mut month = None;
        while let Some(((first, _), _)) = self.queue.first_key_value() {
            let day = first.to_zoned(self.zone.clone()).date();
            if day > days::plus(self.first_day, 40)
                && month.replace(day.first_of_month()) != Some(day.first_of_month())
            {
                progress(&day.strftime("%B %Y").to_string());
            }
            let mut begun = false;
            app.write(&program, |work| {
                if std::mem::replace(&mut begun, true) {
                    // The actions taken from the queue are gone, so the transaction cannot be repeated.
                    return Err(AppError::conflict("Another program writes into this database."));
                }
                for _ in 0..TOGETHER {
                    let Some(((when, _), (person, deed))) = self.queue.pop_first() else {
                        break;
                    };
                    clock.set(when);
                    let actor = self.people.get(person).map_or(&program, |person| &person.actor).clone();
                    work.step(&actor, |work| deed(self, work))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Draws a time in the office hours of the day.
    pub fn office_hours(&mut self, day: Date) -> Timestamp {
        let minutes = self.random.between(8 * 60, 17 * 60);
        let seconds = self.random.between(0, 59);
        let time = days::at(&self.zone, day, minutes);
        time.checked_add(seconds.seconds()).unwrap_or(time)
    }

    /// Draws a time in office hours on a working day, about that many days later.
    pub fn later(&mut self, when: Timestamp, from: i64, to: i64) -> Timestamp {
        let day = when.to_zoned(self.zone.clone()).date();
        let days = self.random.between(from, to);
        let time = self.office_hours(days::working(days::plus(day, days)));
        time.max(when.checked_add(10.minutes()).unwrap_or(when))
    }

    /// Returns the day, or the last working day before today if that is earlier.
    pub fn not_after_yesterday(&self, day: Date) -> Date {
        let mut day = day.min(days::plus(self.today, -1)).max(self.first_day);
        while !days::is_working(day) && day > self.first_day {
            day = days::plus(day, -1);
        }
        day
    }

    /// Returns the local day of an instant.
    pub fn day(&self, when: Timestamp) -> Date {
        when.to_zoned(self.zone.clone()).date()
    }

    /// Draws a person of the role.
    pub fn of_role(&mut self, role: &str) -> usize {
        let all: Vec<usize> =
            (0..self.people.len()).filter(|person| self.people[*person].role == role).collect();
        *self.random.pick(&all)
    }

    /// Draws a person for daily work, mostly staff.
    pub fn worker(&mut self) -> usize {
        let role = if self.random.chance(80) { "staff" } else { "coordinator" };
        self.of_role(role)
    }

    /// Draws a person for daily work from another generator.
    pub fn worker_by(&self, random: &mut Random) -> usize {
        let staff: Vec<usize> =
            (0..self.people.len()).filter(|person| self.people[*person].role == "staff").collect();
        *random.pick(&staff)
    }

    /// Returns the id of a person.
    pub fn id_of(&self, person: usize) -> Option<Id> {
        self.people.get(person).and_then(|person| person.actor.id)
    }

    /// Returns the position of the person with this id.
    pub fn person(&self, id: Id) -> Option<usize> {
        self.people.iter().position(|person| person.actor.id == Some(id))
    }

    /// Draws a community.
    pub fn place(&mut self) -> Place {
        self.random.pick(&self.places).clone()
    }

    /// Returns the organization with this acronym.
    pub fn organization(&self, acronym: &str) -> Option<Id> {
        self.organizations.iter().find(|known| known.acronym == acronym).map(|known| known.id)
    }
}

fn input(json: Json) -> records::Input {
    match json {
        // Members without a value are fields that nobody filled in.
        Json::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => records::Input::new(),
    }
}

/// Creates a record with the command that people use.
pub fn create(work: &mut UnitOfWork<'_, '_>, kind: &'static Kind, members: Json) -> Result<Record, AppError> {
    records::create(work, kind, &input(members)).map_err(|error| explain(kind, error))
}

/// Updates a record with the command that people use.
pub fn update(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    id: Id,
    members: Json,
) -> Result<Record, AppError> {
    records::update(work, kind, id, &input(members), None).map_err(|error| explain(kind, error))
}

/// Adds the field name, which the error alone lacks.
pub fn explain(kind: &Kind, error: AppError) -> AppError {
    match error {
        AppError::Invalid(fields) => AppError::Internal(format!("{}: {fields:?}", kind.label)),
        AppError::ForbiddenFields { .. } | AppError::Forbidden { .. } => {
            AppError::Internal(format!("{}: {error}", kind.label))
        }
        other => other,
    }
}

/// Converts pesos to centavos, the unit of the program.
pub const fn centavos(pesos: i64) -> i64 {
    pesos * 100
}

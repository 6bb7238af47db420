//! The office while it is played: who and what there is, and the queue of what is done when.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_app::{Actor, App, AppError, FixedClock, UnitOfWork, records};
use obcms_domain::core::id::Id;
use obcms_domain::registry::{Kind, Record};
use serde_json::Value as Json;

use crate::random::Random;
use crate::{Counts, Plan, days};

/// Commands in one transaction: enough that a file is not synchronised all the time.
const TOGETHER: usize = 200;

/// What somebody does at some time.
pub type Deed = Box<dyn FnOnce(&mut World, &mut UnitOfWork<'_, '_>) -> Result<(), AppError>>;

/// Somebody of the office, or a partner.
pub struct Person {
    /// As the commands know them.
    pub actor: Rc<Actor>,
    /// The one role.
    pub role: &'static str,
    /// Name of the team, empty for none.
    pub team: &'static str,
}

/// A community as others mention it.
#[derive(Clone)]
pub struct Place {
    /// The community.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Name of its municipality or city.
    pub municipality: String,
    /// Code of that.
    pub municipality_code: String,
}

/// A body that the office works with.
pub struct Organization {
    /// The organization.
    pub id: Id,
    /// Acronym, or nothing.
    pub acronym: String,
    /// Type.
    pub organization_type: String,
}

/// A resource as it is booked.
#[derive(Clone)]
pub struct Bookable {
    /// The resource.
    pub id: Id,
    /// Its type.
    pub resource_type: &'static str,
    /// How many bookings it bears at once.
    pub units: i64,
    /// Whether somebody must approve.
    pub requires_approval: bool,
    /// A day on which it cannot be had.
    pub closed: Option<Date>,
}

/// The office.
pub struct World {
    pub random: Random,
    pub zone: TimeZone,
    pub counts: Counts,
    /// First day.
    pub first_day: Date,
    /// The plan's today.
    pub today: Date,
    /// The beginning of today: everything was done before.
    pub now: Timestamp,
    pub people: Vec<Person>,
    /// Positions in `people` of the accounts that are printed, by role.
    pub known: HashMap<&'static str, usize>,
    pub organizations: Vec<Organization>,
    /// Resources that can be booked.
    pub bookable: Vec<Bookable>,
    pub places: Vec<Place>,
    pub assessments: Vec<Id>,
    /// By the number that planning gave them; nothing until they are made.
    pub needs: Vec<Option<Id>>,
    pub projects: Vec<Option<Id>>,
    pub ppas: Vec<Option<Id>>,
    pub services: Vec<Option<Id>>,
    /// Ids of the templates by name.
    pub templates: BTreeMap<String, Id>,
    /// When tasks may be generated, from which template.
    pub expected: Vec<(&'static str, Timestamp)>,
    /// Tasks whose way is decided already.
    pub followed: HashSet<Id>,
    queue: BTreeMap<(Timestamp, u64), (usize, Deed)>,
    sequence: u64,
}

/// The program itself, as doer of a deed.
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
            projects: Vec::new(),
            ppas: Vec::new(),
            services: Vec::new(),
            templates: BTreeMap::new(),
            expected: Vec::new(),
            followed: HashSet::new(),
            queue: BTreeMap::new(),
            sequence: 0,
        }
    }

    /// Puts a deed into the queue; what would happen from today on does not happen yet.
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

    /// Carries out what is in the queue, and what follows from it, in the order of time.
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
                    // What was taken out of the queue is gone when a transaction has to be repeated.
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

    /// A time in office hours of the day.
    pub fn office_hours(&mut self, day: Date) -> Timestamp {
        let minutes = self.random.between(8 * 60, 17 * 60);
        let seconds = self.random.between(0, 59);
        let time = days::at(&self.zone, day, minutes);
        time.checked_add(seconds.seconds()).unwrap_or(time)
    }

    /// A time in office hours of a working day about so many days after.
    pub fn later(&mut self, when: Timestamp, from: i64, to: i64) -> Timestamp {
        let day = when.to_zoned(self.zone.clone()).date();
        let days = self.random.between(from, to);
        let time = self.office_hours(days::working(days::plus(day, days)));
        time.max(when.checked_add(10.minutes()).unwrap_or(when))
    }

    /// The last working day before today, or earlier.
    pub fn not_after_yesterday(&self, day: Date) -> Date {
        let mut day = day.min(days::plus(self.today, -1)).max(self.first_day);
        while !days::is_working(day) && day > self.first_day {
            day = days::plus(day, -1);
        }
        day
    }

    /// The day of a point in time.
    pub fn day(&self, when: Timestamp) -> Date {
        when.to_zoned(self.zone.clone()).date()
    }

    /// Somebody of that role.
    pub fn of_role(&mut self, role: &str) -> usize {
        let all: Vec<usize> =
            (0..self.people.len()).filter(|person| self.people[*person].role == role).collect();
        *self.random.pick(&all)
    }

    /// Somebody who does daily work: staff mostly.
    pub fn worker(&mut self) -> usize {
        let role = if self.random.chance(80) { "staff" } else { "coordinator" };
        self.of_role(role)
    }

    /// The same, drawn from another source.
    pub fn worker_by(&self, random: &mut Random) -> usize {
        let staff: Vec<usize> =
            (0..self.people.len()).filter(|person| self.people[*person].role == "staff").collect();
        *random.pick(&staff)
    }

    /// The id of a person.
    pub fn id_of(&self, person: usize) -> Option<Id> {
        self.people.get(person).and_then(|person| person.actor.id)
    }

    /// The person with that id.
    pub fn person(&self, id: Id) -> Option<usize> {
        self.people.iter().position(|person| person.actor.id == Some(id))
    }

    /// A community.
    pub fn place(&mut self) -> Place {
        self.random.pick(&self.places).clone()
    }

    /// The organization of that acronym.
    pub fn organization(&self, acronym: &str) -> Option<Id> {
        self.organizations.iter().find(|known| known.acronym == acronym).map(|known| known.id)
    }
}

fn input(json: Json) -> records::Input {
    match json {
        // Members without a value are members that nobody filled in.
        Json::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => records::Input::new(),
    }
}

/// Creates a record as people do.
pub fn create(work: &mut UnitOfWork<'_, '_>, kind: &'static Kind, members: Json) -> Result<Record, AppError> {
    records::create(work, kind, &input(members)).map_err(|error| explain(kind, error))
}

/// Changes a record as people do.
pub fn update(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    id: Id,
    members: Json,
) -> Result<Record, AppError> {
    records::update(work, kind, id, &input(members), None).map_err(|error| explain(kind, error))
}

/// Names the field, which the error alone would not.
fn explain(kind: &Kind, error: AppError) -> AppError {
    match error {
        AppError::Invalid(fields) => AppError::Internal(format!("{}: {fields:?}", kind.label)),
        AppError::ForbiddenFields { detail, .. } | AppError::Forbidden { detail, .. } => {
            AppError::Internal(format!("{}: {detail}", kind.label))
        }
        other => other,
    }
}

/// Pesos as the program keeps them.
pub const fn centavos(pesos: i64) -> i64 {
    pesos * 100
}

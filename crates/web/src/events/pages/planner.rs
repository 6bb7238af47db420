//! Planner of the event form: guests with their busy times, and resources to book, for the time in the form.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::records::reservation::MEMBER;
use obcms_app::{Actor, AppError};
use obcms_domain::bookings::Span;
use obcms_domain::calendar::series::Series;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{EVENT, event};
use obcms_domain::registry::Record;
use serde_json::{Map, Value as Json};

use super::{guests, resources};
use crate::components::forms::{Control, FormField};
use crate::components::words::t;
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::{Form, PageParameters};
use crate::core::state::{State, blocking};
use crate::core::subject::FormContext;
use crate::records::pages::by_name::resolve_name;
use crate::records::pages::read_form;
use crate::records::pages::written::error_of;

/// Returns the start of a form that is opened empty. The end follows from it, as in any input.
pub fn defaults(state: &State) -> Result<Vec<(&'static str, String)>, AppError> {
    Ok(vec![(event::START.name(), blocking(|| state.app.usual_start())?.to_string())])
}

/// Fields of the form that decide about the time.
const TIMES: [&str; 7] = ["all_day", "start", "end", "timezone", "rrule", "rdates", "exdates"];
/// Fields with people who attend.
const PEOPLE: [&str; 3] = ["organizer", "participants", "facilitators"];
/// Hidden input with the resources that the form showed as booked.
const BOOKED: &str = "resources_before";
/// Input for the name of a resource.
const NAME: &str = "resource_name";

/// Form, read as far as planning needs it.
pub(super) struct Plan {
    /// Event at the times of the form; `None` while they are incomplete.
    pub event: Option<Record>,
    /// Saved event.
    pub known: Option<Id>,
    /// People who attend.
    pub people: Vec<Id>,
    /// Number of people to seat.
    pub guests: i64,
    /// Selected resources.
    pub selected: Vec<Id>,
    /// Resources that are booked.
    pub booked: Vec<Id>,
    /// First day that was typed.
    typed_start: String,
}

impl Plan {
    /// Reads a form. `is_single` is true for the form of one occurrence.
    fn read(state: &State, actor: &Actor, form: &Form, known: Option<Id>, is_single: bool) -> Self {
        let mut input = read_form(&EVENT, form);
        input.retain(|name, value| TIMES.contains(&name.as_str()) && *value != Json::Null);
        if is_single {
            input.retain(|name, _| !["rrule", "rdates", "exdates"].contains(&name.as_str()));
        }
        let event = state.app.draft_event(actor, &input).ok();
        let people = ids(&PEOPLE.iter().flat_map(|name| form.all(name)).collect::<Vec<_>>());
        let expected = form.get("expected_participants").trim().parse::<i64>().unwrap_or(0);
        let guests = expected.max(i64::try_from(people.len()).unwrap_or(i64::MAX));
        Self {
            event,
            known,
            people,
            guests,
            selected: ids(&form.all(MEMBER)),
            booked: ids(&[form.get(BOOKED).to_owned()]),
            typed_start: form.get("start").to_owned(),
        }
    }

    /// Returns the span of the first date.
    pub fn span(&self) -> Option<Span> {
        let event = self.event.as_ref()?;
        Some(Span::new(event::START.get(event)?, event::END.get(event)?))
    }

    /// Returns the zone of the event.
    pub fn zone(&self, state: &State) -> TimeZone {
        let named = self.event.as_ref().and_then(|event| TimeZone::get(event::TIMEZONE.get(event)).ok());
        named.unwrap_or_else(|| state.app.zone().clone())
    }

    /// Describes a start that moves to the first date of the rule.
    fn moved_start(&self, state: &State) -> Option<String> {
        let event = self.event.as_ref()?;
        Series::of(event)?;
        let first = self.span()?.start.to_zoned(self.zone(state)).date();
        let typed = self.typed_start.trim().get(..10)?.parse::<jiff::civil::Date>().ok()?;
        (first != typed).then(|| {
            t!("The first date is {day}, the first that the rule has.", day = first.strftime("%a %-d %b %Y"))
        })
    }
}

fn ids(texts: &[String]) -> Vec<Id> {
    let mut found: Vec<Id> = Vec::new();
    for text in texts.iter().flat_map(|text| text.split(',')) {
        if let Ok(id) = text.trim().parse::<Id>()
            && !found.contains(&id)
        {
            found.push(id);
        }
    }
    found
}

/// Puts guests and resources behind the time of the form.
pub fn parts(context: &FormContext<'_>, fields: &mut Vec<FormField>) -> Result<(), AppError> {
    let FormContext { state, actor, record, occurrence, typed, errors, .. } = *context;
    let known = record.map(|record| record.id);
    let is_single = occurrence.is_some() && ["", "this"].contains(&typed.get("scope"));
    let mut plan = Plan::read(state, actor, typed, known, is_single);
    if let Some(known) = known.filter(|_| !typed.has(BOOKED)) {
        // The form as it is opened.
        plan.booked = state.app.booked_resources(known, plan.span().filter(|_| occurrence.is_some()))?;
        plan.selected.clone_from(&plan.booked);
    }
    if let Some(note) = plan.moved_start(state)
        && let Some(start) = fields.iter_mut().find(|field| field.name == "start")
    {
        start.help = note;
    }
    let mut place = fields
        .iter()
        .position(|field| field.name == "rrule")
        .or_else(|| fields.iter().position(|field| field.name == "end"))
        .map_or(fields.len(), |place| place + 1);
    // Who comes follows the time.
    if let Some(people) = fields.iter().position(|field| field.name == "participants")
        && people >= place
    {
        let people = fields.remove(people);
        fields.insert(place, people);
        place += 1;
    }
    let of_guests = FormField {
        name: "guest_times".to_owned(),
        label: t!("Free and busy times").to_owned(),
        control: Control::Structure {
            content: html! { div data-planner="guests" { (guests::times(state, actor, &plan)?) } },
        },
        ..FormField::default()
    };
    let of_resources = FormField {
        name: MEMBER.to_owned(),
        label: t!("Rooms, vehicles and equipment").to_owned(),
        error: error_of(errors, MEMBER),
        control: Control::Structure { content: picker(state, actor, &plan, typed)? },
        ..FormField::default()
    };
    fields.splice(place..place, [of_guests, of_resources]);
    Ok(())
}

fn picker(state: &State, actor: &Actor, plan: &Plan, typed: &Form) -> Result<Markup, AppError> {
    let booked: Vec<String> = plan.booked.iter().map(Id::to_string).collect();
    Ok(html! {
        input type="hidden" name=(BOOKED) value=(booked.join(","));
        // Enter saves: without script the first button of a form is pressed.
        button.visually-hidden type="submit" tabindex="-1" aria-hidden="true" data-default { (t!("Save")) }
        div.resource-find {
            input.input type="text" name=(NAME) value=(typed.get(NAME)) autocomplete="off" list="resource-names"
                aria-label=(t!("Name of a resource")) placeholder=(t!("Add by name"));
            button.button type="submit" name="intent" value="check" formnovalidate data-check { (t!("Show what is free")) }
        }
        div data-planner="resources" { (resources::list(state, actor, plan)?) }
    })
}

/// Reads the resources of the form into the input of the event, if the person changed them.
pub fn input(
    state: &State,
    actor: &Actor,
    (known, is_of_date): (Option<&Record>, bool),
    form: &mut Form,
    input: &mut Map<String, Json>,
) -> Result<(), AppError> {
    if !form.has(BOOKED) && !form.has(MEMBER) {
        return Ok(());
    }
    let name = form.get(NAME).trim().to_owned();
    if !name.is_empty() {
        let id = resolve_name(state, actor, MEMBER, &["resource"], &name)?;
        form.0.push((MEMBER.to_owned(), id.to_string()));
        form.0.retain(|(field, _)| field != NAME);
    }
    let (selected, before) = (ids(&form.all(MEMBER)), ids(&[form.get(BOOKED).to_owned()]));
    let is_same = selected.len() == before.len() && selected.iter().all(|id| before.contains(id));
    if is_same {
        return Ok(());
    }
    // What others booked meanwhile stays.
    let mut resources = match known {
        Some(event) => {
            let span = Span::new(
                event::START.get(event).unwrap_or_default(),
                event::END.get(event).unwrap_or_default(),
            );
            state.app.booked_resources(event.id, is_of_date.then_some(span))?
        }
        None => Vec::new(),
    };
    resources.retain(|id| selected.contains(id) || !before.contains(id));
    for id in selected {
        if !resources.contains(&id) {
            resources.push(id);
        }
    }
    input.insert(MEMBER.to_owned(), resources.iter().map(Id::to_string).collect());
    Ok(())
}

/// `GET /events/planner`: guests and resources for the values of a form, as a part of its page.
pub async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let form = Form(parameters.matching(|_| true).0);
    let known = form.get("event").parse::<Id>().ok();
    let is_single = !form.get("occurrence").is_empty() && ["", "this"].contains(&form.get("scope"));
    let markup = blocking(|| {
        // Of an event that the person may not see nothing is left out.
        let known = known.filter(|id| state.app.get(&actor, &EVENT, *id).is_ok());
        let plan = Plan::read(&state, &actor, &form, known, is_single);
        Ok::<_, AppError>(html! {
            div data-planner="guests" { (guests::times(&state, &actor, &plan)?) }
            div data-planner="resources" { (resources::list(&state, &actor, &plan)?) }
            @if let Some(note) = plan.moved_start(&state) { p data-planner="start" { (note) } }
        })
    })?;
    Ok(Html(markup.into_string()))
}

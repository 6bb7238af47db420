//! All kinds, one file each.
//!
//! To add a plain kind: write its file here, list it in [`REGISTRY`], add a migration with its table (the tool `cargo
//! run -p obcms-store --example create_table KIND` prints it), and run the tests, which report what is missing.

mod alerts;
mod assessments;
mod bookings;
mod budget_cycle;
mod ceilings;
mod communities;
mod dated;
mod delegations;
mod events;
mod external;
mod feeds;
mod goals;
mod holidays;
mod indicators;
mod measurements;
mod needs;
mod organizations;
mod places;
mod policies;
mod ppas;
mod projects;
mod reports;
mod resources;
mod saved_views;
mod scenarios;
mod services;
mod shares;
mod task_templates;
mod tasks;
mod teams;
pub mod template_items;
mod tranches;
mod updates;
mod users;

pub use alerts::{ALERT, ALERT_SUBJECTS, alert};
pub use assessments::{ASSESSMENT, assessment};
pub use bookings::{BOOKING, BOOKING_ORIGINS, booking};
pub use budget_cycle::{BUDGET_CYCLE_STAGE, budget_cycle_stage};
pub use ceilings::{CEILING, ceiling, ceiling_title};
pub use communities::{COMMUNITY, community};
pub use dated::{date_roles, entry_kind, entry_label, entry_states, entry_words};
pub use delegations::{DELEGATION, delegation};
pub use events::{EVENT, event};
pub use external::{EXTERNAL_CALENDAR, EXTERNAL_EVENT, external_calendar, external_event};
pub use feeds::{FEED, feed};
pub use goals::{GOAL, goal};
pub use holidays::{HIJRI_ADJUSTMENT, HOLIDAY, MOST_DAYS as MOST_HIJRI_DAYS, hijri_adjustment, holiday};
pub use indicators::{INDICATOR, indicator};
pub use measurements::{MEASUREMENT, measurement};
pub use needs::{NEED, need};
pub use organizations::{ORGANIZATION, organization};
pub use places::{BARANGAY, MUNICIPALITY, PROVINCE, REGION, barangay, municipality, place, province, region};
pub use policies::{POLICY, POLICY_MILESTONE, policy, policy_milestone};
pub use ppas::{PPA, ppa};
pub use projects::{PROJECT, project};
pub use reports::{REPORT, REPORT_SCHEDULE, report, report_schedule};
pub use resources::{RESOURCE, resource};
pub use saved_views::{SAVED_VIEW, page_address, saved_view};
pub use scenarios::{SCENARIO, scenario};
pub use services::{APPLICATION, SERVICE, application, service};
pub use shares::{LEAST_PASSPHRASE, MOST_DAYS as MOST_SHARED_DAYS, SHARE, SHARED_MODULES, share};
pub use task_templates::{TASK_TEMPLATE, task_template};
pub use tasks::{ORIGINS, TASK, task};
pub use teams::{TEAM, team};
pub use tranches::{ADJUSTMENT, TRANCHE, tranche};
pub use updates::{UPDATE, update};
pub use users::{USER, user};

use crate::core::message::Word;
use crate::message;
use crate::registry::typed::Date;
use crate::registry::{FieldError, Kind, Record, TypedField};

/// Checks that the second date is not before the first.
fn in_order(
    record: &Record,
    first: TypedField<Date>,
    second: TypedField<Date>,
    errors: &mut Vec<FieldError>,
) {
    if let (Some(start), Some(end)) = (first.get(record), second.get(record))
        && end < start
    {
        let label = record.kind.field_label(first.name());
        errors.push(FieldError::new(
            second.name(),
            "order",
            message!(
                "Must not be before {label} ({start}).",
                label = Word::label(label),
                start = Word::text(start)
            ),
        ));
    }
}

/// All kinds, in the order of the navigation.
pub static REGISTRY: [&Kind; 40] = [
    &EVENT,
    &TASK,
    &NEED,
    &PPA,
    &PROJECT,
    &GOAL,
    &INDICATOR,
    &MEASUREMENT,
    &UPDATE,
    &ALERT,
    &REPORT,
    &REPORT_SCHEDULE,
    &BUDGET_CYCLE_STAGE,
    &TRANCHE,
    &CEILING,
    &SCENARIO,
    &ASSESSMENT,
    &COMMUNITY,
    &POLICY,
    &POLICY_MILESTONE,
    &SERVICE,
    &APPLICATION,
    &ORGANIZATION,
    &TEAM,
    &RESOURCE,
    &BOOKING,
    &EXTERNAL_CALENDAR,
    &EXTERNAL_EVENT,
    &TASK_TEMPLATE,
    &HOLIDAY,
    &HIJRI_ADJUSTMENT,
    &REGION,
    &PROVINCE,
    &MUNICIPALITY,
    &BARANGAY,
    &DELEGATION,
    &SAVED_VIEW,
    &FEED,
    &SHARE,
    &USER,
];

/// Returns the kind of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Kind> {
    REGISTRY.into_iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::registry::{Concern, FieldType, Module, Source};

    #[test]
    fn names_are_unique_and_snake_case() {
        let mut seen = HashSet::new();
        for kind in REGISTRY {
            assert!(seen.insert(kind.name), "{kind:?} twice");
            assert!(seen.insert(kind.collection) || kind.name == kind.collection, "{}", kind.collection);
            let mut fields = HashSet::new();
            for field in kind.fields {
                assert!(fields.insert(field.name), "{kind:?}.{} twice", field.name);
                let plain = |character: char| {
                    character.is_ascii_lowercase() || character == '_' || character.is_ascii_digit()
                };
                assert!(field.name.chars().all(plain), "{kind:?}.{}", field.name);
                assert_eq!(
                    matches!(field.data, FieldType::Money),
                    field.name.ends_with("_centavos"),
                    "{kind:?}.{}: money ends in _centavos",
                    field.name
                );
            }
        }
    }

    #[test]
    fn names_in_a_kind_exist() {
        for kind in REGISTRY {
            assert!(kind.field(kind.title).is_some(), "{kind:?} has no title field");
            assert!(kind.state.is_empty() || kind.field(kind.state).is_some(), "{kind:?} has no state field");
            for people in kind.people {
                let field = kind.field(people).unwrap_or_else(|| panic!("{kind:?}.{people}"));
                assert_eq!(field.target_kinds(), ["user"], "{kind:?}.{people}");
            }
            for field in kind.fields {
                for target in field.target_kinds() {
                    assert!(by_name(target).is_some(), "{kind:?}.{} points at unknown {target}", field.name);
                }
            }
            for role in kind.dates {
                assert!(kind.field(role.start).is_some(), "{kind:?} {role:?}");
                assert!(role.end.is_empty() || kind.field(role.end).is_some(), "{kind:?} {role:?}");
            }
            // A constant of another kind would compile.
            for concern in kind.concerns {
                let (first, second) = match concern {
                    Concern::Itself | Concern::Everyone => continue,
                    Concern::Field(field) => (field, None),
                    Concern::Through(first, second) => (first, Some(second)),
                };
                let field = kind.field(first.as_str()).unwrap_or_else(|| panic!("{kind:?} {concern:?}"));
                let target = by_name(field.target_kinds()[0]).unwrap();
                assert!(
                    second.is_none_or(|second| target.field(second.as_str()).is_some()),
                    "{kind:?} {concern:?}"
                );
            }
        }
    }

    /// Checks that every date is on the calendar or has a reason why not.
    #[test]
    fn every_date_is_on_the_calendar_or_has_a_reason() {
        for kind in REGISTRY {
            for field in kind.fields {
                if !matches!(field.data, FieldType::Date | FieldType::Moment | FieldType::Instant)
                    || field.source == Source::Secret
                {
                    continue;
                }
                let on_calendar =
                    kind.dates.iter().any(|role| role.start == field.name || role.end == field.name);
                assert!(
                    on_calendar == field.calendar_exclusion.is_empty(),
                    "{kind:?}.{} must be a date role or say why it is not on the calendar, not both",
                    field.name
                );
            }
            assert!(kind.dates.is_empty() || kind.module != Module::Administration, "{kind:?}");
        }
    }

    #[test]
    fn every_field_has_a_constant_of_its_type() {
        let declared = [
            (&ALERT, alert::ALL),
            (&ASSESSMENT, assessment::ALL),
            (&BOOKING, booking::ALL),
            (&BUDGET_CYCLE_STAGE, budget_cycle_stage::ALL),
            (&CEILING, ceiling::ALL),
            (&COMMUNITY, community::ALL),
            (&DELEGATION, delegation::ALL),
            (&EVENT, event::ALL),
            (&EXTERNAL_CALENDAR, external_calendar::ALL),
            (&EXTERNAL_EVENT, external_event::ALL),
            (&FEED, feed::ALL),
            (&GOAL, goal::ALL),
            (&HOLIDAY, holiday::ALL),
            (&HIJRI_ADJUSTMENT, hijri_adjustment::ALL),
            (&INDICATOR, indicator::ALL),
            (&MEASUREMENT, measurement::ALL),
            (&UPDATE, update::ALL),
            (&NEED, need::ALL),
            (&ORGANIZATION, organization::ALL),
            (&POLICY, policy::ALL),
            (&POLICY_MILESTONE, policy_milestone::ALL),
            (&PPA, ppa::ALL),
            (&PROJECT, project::ALL),
            (&REPORT, report::ALL),
            (&REPORT_SCHEDULE, report_schedule::ALL),
            (&RESOURCE, resource::ALL),
            (&SAVED_VIEW, saved_view::ALL),
            (&SCENARIO, scenario::ALL),
            (&SERVICE, service::ALL),
            (&APPLICATION, application::ALL),
            (&SHARE, share::ALL),
            (&TASK_TEMPLATE, task_template::ALL),
            (&TASK, task::ALL),
            (&TEAM, team::ALL),
            (&TRANCHE, tranche::ALL),
            (&USER, user::ALL),
            (&REGION, region::ALL),
            (&PROVINCE, province::ALL),
            (&MUNICIPALITY, municipality::ALL),
            (&BARANGAY, barangay::ALL),
        ];
        assert_eq!(declared.len(), REGISTRY.len());
        for (kind, constants) in declared {
            for (constant, name, shape) in constants {
                assert_eq!(constant.to_lowercase(), *name, "{kind:?}");
                let field = kind.field(name).unwrap_or_else(|| panic!("{kind:?} has no field {name}"));
                assert_eq!(field.data.shape(), *shape, "{kind:?}.{name}");
            }
            for field in kind.fields {
                let times = constants.iter().filter(|(_, name, _)| *name == field.name).count();
                assert_eq!(times, 1, "{kind:?}.{} has {times} constants", field.name);
            }
        }
    }

    /// Checks that a label or a name as the header of a file names one field.
    #[test]
    fn headers_of_files_are_unambiguous() {
        for kind in REGISTRY {
            let mut seen = std::collections::HashMap::from([
                ("id".to_owned(), "id"),
                ("created".to_owned(), "created_at"),
                ("created by".to_owned(), "created_by"),
                ("changed".to_owned(), "updated_at"),
                ("archived".to_owned(), "archived_at"),
            ]);
            for (_, field) in kind.visible() {
                for header in [field.label.to_lowercase(), field.name.to_owned()] {
                    let known = seen.insert(header, field.name);
                    assert!(
                        known.is_none_or(|known| known == field.name),
                        "{kind:?}.{} and {known:?}",
                        field.name
                    );
                }
            }
        }
    }

    /// Checks that the label of a choice is read as that choice, whatever the case.
    #[test]
    fn labels_of_choices_are_unambiguous() {
        for (name, choices) in crate::choices::ALL {
            for choice in *choices {
                let same = |other: &crate::choices::Choice| {
                    other.label.eq_ignore_ascii_case(choice.label) || other.value == choice.label
                };
                let found: Vec<_> =
                    choices.iter().filter(|other| same(other)).map(|other| other.value).collect();
                assert_eq!(found, [choice.value], "{name}");
            }
        }
    }

    #[test]
    fn totals_by_a_choice_name_one() {
        for kind in REGISTRY {
            for field in kind.fields {
                assert!(
                    field.total == crate::registry::Total::Never || field.is_number(),
                    "{kind:?}.{}",
                    field.name
                );
                if let crate::registry::Total::By(name) = field.total {
                    let by = kind.field(name).map(|by| by.data);
                    assert!(matches!(by, Some(FieldType::Choice(_))), "{kind:?}.{}", field.name);
                }
            }
        }
    }

    #[test]
    fn copies_of_titles_name_a_reference() {
        for kind in REGISTRY {
            for field in kind.fields.iter().filter(|field| !field.title_of.is_empty()) {
                let named = kind.field(field.title_of).map(|named| named.data);
                assert!(matches!(named, Some(FieldType::Reference(_))), "{kind:?}.{}", field.name);
            }
        }
    }

    #[test]
    fn entry_kinds_are_unique() {
        let mut seen = HashSet::new();
        for role in REGISTRY.iter().flat_map(|kind| kind.dates) {
            assert!(seen.insert(role.entry_kind), "{} twice", role.entry_kind);
        }
    }
}

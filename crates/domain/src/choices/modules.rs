//! Modules of the calendar, as choices.

use super::{Choice, choice};

/// Modules of the calendar, with the keys and labels of [`crate::registry::Module`].
pub const CALENDAR_MODULES: &[Choice] = &[
    choice("coordination", "Coordination"),
    choice("mana", "Mapping and needs"),
    choice("projects", "Projects"),
    choice("tasks", "Tasks"),
    choice("policy", "Policy"),
    choice("services", "Services"),
    choice("staff", "Staff"),
    choice("communities", "Communities"),
    choice("resources", "Resources"),
    choice("holidays", "Holidays"),
    choice("external", "External"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Module;

    #[test]
    fn every_module_of_the_calendar_can_be_chosen() {
        let modules: Vec<(&str, &str)> =
            Module::CALENDAR.iter().map(|module| (module.key(), module.label())).collect();
        let offered: Vec<(&str, &str)> =
            CALENDAR_MODULES.iter().map(|choice| (choice.value, choice.label)).collect();
        assert_eq!(offered, modules);
    }
}

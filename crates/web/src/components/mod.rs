//! The parts pages are made of: functions from plain structs to HTML.
//!
//! Nothing here knows the domain; a page turns its data into these structs. The page obeys a strict content security
//! policy, so no component writes a `style` or an `on…` attribute: looks come from classes and `data-` attributes,
//! behaviour from the modules in `ui/src`.

pub mod assets;
pub mod badges;
pub mod buttons;
pub mod charts;
pub mod copying;
pub mod detail;
pub mod feedback;
pub mod filters;
pub mod forms;
pub mod frame;
pub mod icons;
pub mod menu;
pub mod recurrence;
pub mod scope;
pub mod tables;
pub mod tabs;
pub mod words;

//! Components of pages: functions from plain structs to HTML.
//!
//! Components do not know the domain; a page converts its data to these structs. Pages have a strict content security
//! policy, so no component writes a `style` or an `on…` attribute: the look comes from classes and `data-` attributes,
//! behavior from the modules in `ui/src`.

pub mod assets;
pub mod badges;
pub mod board;
pub mod burn_up;
pub mod buttons;
pub mod chain;
pub mod charts;
pub mod copying;
pub mod detail;
pub mod feedback;
pub mod filters;
pub mod flow_chart;
pub mod forms;
pub mod frame;
pub mod gantt;
pub mod icons;
pub mod markdown;
pub mod menu;
pub mod quick_add;
pub mod recurrence;
pub mod scope;
pub mod tables;
pub mod tabs;
pub mod tile_map;
pub mod words;

//! Pages, API and live updates of obcms.
//!
//! A folder is a subject, with the same name in every crate. [`core`] and [`components`] know no subject; [`SUBJECTS`]
//! lists them all.

pub mod accounts;
pub mod alerts;
pub mod approval;
pub mod attachments;
pub mod bookings;
pub mod calendar;
pub mod components;
pub mod core;
pub mod events;
pub mod exchange;
pub mod holidays;
pub mod jobs;
mod menu;
pub mod money;
pub mod programme;
pub mod records;
pub mod reports;
pub mod results;
mod subjects;
pub mod tasks;

pub use crate::components::assets;
pub use crate::core::metrics::MetricsAccess;
pub use crate::core::router::router;
pub use crate::core::state::{State, WebSettings, blocking};
pub use crate::core::{limits, route, server};
pub use crate::subjects::SUBJECTS;

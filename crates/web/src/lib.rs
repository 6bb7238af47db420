//! Pages, API and live updates of obcms.

pub mod assets;
pub mod components;

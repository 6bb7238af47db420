//! Values of all subjects: ids, hexadecimal text, addresses, networks, dates, spans, opening hours, money, UACS codes and sentences.

pub mod addresses;
pub mod dates;
pub mod hex;
pub mod hours;
pub mod id;
pub mod message;
pub mod money;
pub mod networks;
mod recurrence_errors;
pub mod schedule;
pub mod span;
pub mod text;
pub mod uacs;

//! Values of all subjects: ids, hexadecimal text, addresses, networks, dates, spans, opening hours, money, UACS codes and sentences.

pub mod addresses;
pub mod dates;
pub mod hex;
pub mod hours;
pub mod id;
pub mod money;
pub mod networks;
pub mod span;
pub mod text;
pub mod uacs;

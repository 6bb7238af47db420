//! Fields that several kinds have, and that code for any kind reads.

use super::typed::{Flag, Instant, Link, Text, TypedField};

/// Title, where a kind has no other one.
pub const TITLE: TypedField<Text> = TypedField::new("title");
/// State.
pub const STATUS: TypedField<Text> = TypedField::new("status");
/// Priority.
pub const PRIORITY: TypedField<Text> = TypedField::new("priority");
/// Record to which a task or a booking belongs.
pub const ORIGIN: TypedField<Link> = TypedField::new("origin");

/// All-day flag of a timed record.
pub const ALL_DAY: TypedField<Flag> = TypedField::new("all_day");
/// Start of a timed record.
pub const START: TypedField<Instant> = TypedField::new("start");
/// End of a timed record, exclusive.
pub const END: TypedField<Instant> = TypedField::new("end");
/// Time zone of a timed record.
pub const TIMEZONE: TypedField<Text> = TypedField::new("timezone");

/// Secret of an address, encrypted.
pub const SECRET: TypedField<Text> = TypedField::new("secret");
/// Hash of the secret of an address.
pub const SECRET_HASH: TypedField<Text> = TypedField::new("secret_hash");
/// Token with which an address was created.
pub const MADE_WITH: TypedField<Text> = TypedField::new("made_with");
/// Time at which an address stops working.
pub const EXPIRES: TypedField<Instant> = TypedField::new("expires");

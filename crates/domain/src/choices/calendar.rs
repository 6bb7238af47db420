//! The calendar of the office: holidays and the months of the Hijri year.

use super::{Choice, choice};

/// What a holiday means for work.
pub const HOLIDAY_TYPES: &[Choice] = &[
    choice("regular", "Regular holiday"),
    choice("special_non_working", "Special non-working day"),
    choice("special_working", "Special working day"),
    choice("muslim", "Muslim holiday"),
    choice("local", "Local holiday"),
];

/// Where a holiday comes from.
pub const HOLIDAY_SOURCES: &[Choice] = &[choice("computed", "Calculated"), choice("manual", "Manual")];

/// Months of the Hijri year, in their order.
pub const HIJRI_MONTHS: &[Choice] = &[
    choice("muharram", "Muharram"),
    choice("safar", "Safar"),
    choice("rabi_ul_awwal", "Rabi-ul-Awwal"),
    choice("rabi_ul_akhir", "Rabi-ul-Akhir"),
    choice("jumada_l_ula", "Jumada-l-Ula"),
    choice("jumada_l_akhira", "Jumada-l-Akhira"),
    choice("rajab", "Rajab"),
    choice("shaban", "Shaban"),
    choice("ramadan", "Ramadan"),
    choice("shawwal", "Shawwal"),
    choice("dhul_qadah", "Dhul-Qadah"),
    choice("dhul_hijja", "Dhul-Hijja"),
];

/// Reach of a change to a series.
pub const SERIES_SCOPES: &[Choice] = &[
    choice("this", "This occurrence"),
    choice("following", "This and following occurrences"),
    choice("all", "All occurrences"),
];

/// Reach of a change of status: a series is not split by one.
pub const OCCURRENCE_SCOPES: &[Choice] =
    &[choice("this", "This occurrence"), choice("all", "All occurrences")];

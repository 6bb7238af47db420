//! Calendar: holidays and months of the Hijri year.

use super::{Choice, choice};

/// Types of a holiday, which decide whether the office works.
pub const HOLIDAY_TYPES: &[Choice] = &[
    choice("regular", "Regular holiday"),
    choice("special_non_working", "Special non-working day"),
    choice("special_working", "Special working day"),
    choice("muslim", "Muslim holiday"),
    choice("local", "Local holiday"),
];

/// Sources of a holiday.
pub const HOLIDAY_SOURCES: &[Choice] = &[choice("computed", "Calculated"), choice("manual", "Manual")];

/// Months of the Hijri year, in order.
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

/// Scopes of a change to a series.
pub const SERIES_SCOPES: &[Choice] = &[
    choice("this", "This occurrence"),
    choice("following", "This and following occurrences"),
    choice("all", "All occurrences"),
];

/// Scopes of a change of status: a series is not split by one.
pub const OCCURRENCE_SCOPES: &[Choice] =
    &[choice("this", "This occurrence"), choice("all", "All occurrences")];

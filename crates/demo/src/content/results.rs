//! Indicators of PPAs, and texts of measurements and updates.

/// Outputs, counted in each quarter: title, unit, and target of a year.
pub const OUTPUTS: &[(&str, &str, i64)] = &[
    ("Households served", "households", 480),
    ("Persons trained", "persons", 240),
    ("Community consultations held", "meetings", 12),
    ("Facilities completed", "facilities", 8),
    ("Starter kits distributed", "kits", 360),
    ("Learners with complete materials", "learners", 600),
    ("Farmers with irrigated land", "farmers", 150),
    ("Health visits made", "visits", 960),
];

/// Outcomes in percent: title, baseline and target of a year.
pub const OUTCOMES: &[(&str, i64, i64)] = &[
    ("Beneficiaries who rate the service as satisfactory", 60, 90),
    ("Households below the food threshold", 42, 30),
    ("Children who attend school regularly", 71, 85),
    ("Households with safe water within 200 meters", 38, 65),
    ("Trained persons with an income six months later", 25, 55),
];

/// Groups by sex, for the breakdown of counts of persons.
pub const SEXES: [&str; 2] = ["Women", "Men"];

/// Notes on measurements.
pub const MEASURED: &[&str] = &[
    "From the registers of the field office, checked with the barangay.",
    "Attendance sheets are attached in the folder of the PPA.",
    "Counted at the site visit; two sitios could not be reached.",
    "From the quarterly report of the implementing body.",
];

/// Reasons for which measurements are returned.
pub const RETURNED: &[&str] = &[
    "The figure includes the previous quarter. Please report this quarter alone.",
    "The breakdown by sex does not add up.",
    "Attach the attendance sheets.",
];

/// Updates: type, what happened, and what comes next.
pub const UPDATES: &[(&str, &str, &str)] = &[
    ("progress", "Delivery is on schedule in all sitios.", ""),
    (
        "status",
        "Procurement took longer than planned; delivery moves by three weeks.",
        "Ask the supplier for partial delivery",
    ),
    ("milestone", "The site was handed over with the barangay council present.", "Document the turnover"),
    ("communication", "The ministry confirmed its counterpart in writing.", ""),
    ("note", "Two barangays asked to join the next batch.", "Check the list with the community leaders"),
];

//! Comments on decisions about budgets, and texts of ledger entries.

/// Comments of the five stages, in their order.
pub const COMMENTS: [&[&str]; 5] = [
    &[
        "Design and targets are clear.",
        "Slots agree with the list of the community.",
        "The lead organization confirmed its part.",
        "Reviewed with the Community Development Unit.",
    ],
    &[
        "Within the ceiling of the sector.",
        "Amount checked against the price list.",
        "Source and class confirmed with the ministry.",
        "Cost per person is in line with similar PPAs.",
    ],
    &[
        "Consulted with the council of elders and the barangay.",
        "The ministry and the local government agreed in writing.",
        "The women's organization asked for two more trainings, without added cost.",
        "Minutes of the consultation are on file.",
    ],
    &["Approved.", "Approved; report to me after the first quarter.", "Approved as a priority of the year."],
    &[
        "In the enacted budget.",
        "Release checked with the budget ministry.",
        "Enacted as proposed.",
        "Item confirmed in the appropriation act.",
    ],
];

/// Comments beside the decisions, while a stage waits.
pub const QUESTIONS: &[&str] = &[
    "Is the counterpart of the local government confirmed in writing?",
    "The list of beneficiaries follows on Monday.",
    "I called the ministry: they answer by the end of the week.",
    "Which barangays are in the second batch?",
];

/// Reasons to return a PPA for revision.
pub const RETURNS: &[&str] = &[
    "Show the cost of each activity.",
    "Reduce the budget: the travel expenses are too high.",
    "Attach the list of beneficiaries.",
    "Say who maintains the facility after the turnover.",
];

/// Reasons to waive the consultation.
pub const WAIVERS: &[&str] = &[
    "Consulted last month for the same communities.",
    "The communities asked for it themselves, by a resolution of their assembly.",
];

/// Reasons to reopen a rejected approval.
pub const REOPENINGS: &[&str] = &["The barangay council passed the missing resolution."];

/// Reasons to revise an enacted budget.
pub const REVISIONS: &[&str] = &[
    "Prices of materials rose since the estimate.",
    "Forty more households were validated.",
    "A part of the work is now done by the local government.",
];

/// Comments on a corrected budget.
pub const CORRECTIONS: &[&str] = &["Contingency reduced to the allowed rate."];

/// Payees of obligations and disbursements.
pub const PAYEES: &[&str] = &[
    "Salam Construction Supply",
    "Ranao Agri Trading",
    "Kutawato Printing House",
    "Liguasan Catering Services",
    "Pulangi Hardware and Lumber",
    "Sulu Sea Marine Supply",
    "Maharlika Office Systems",
    "Tamontaka Transport Cooperative",
    "Illana Bay Medical Supply",
    "Panday Builders",
    "Payroll of facilitators",
    "Beneficiaries, by payroll",
];

/// Remarks on reversals.
pub const REVERSALS: &[&str] =
    &["Entered with the amount before tax.", "Wrong amount: digits were transposed."];

/// Reasons of adjustments of an obligation.
pub const ADJUSTMENTS: &[&str] =
    &["The contract was awarded below the estimate.", "Part of the purchase order was cancelled."];

//! Titles of ad-hoc tasks, and short remarks.

/// Task outside the templates.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Domain.
    pub domain: &'static str,
    /// Title.
    pub title: &'static str,
    /// Estimated hours.
    pub hours: i64,
}

const fn task(domain: &'static str, title: &'static str, hours: i64) -> Task {
    Task { domain, title, hours }
}

/// Tasks.
#[rustfmt::skip]
pub const TASKS: &[Task] = &[
    task("general", "Draft the memorandum on the change of schedule", 2),
    task("general", "Prepare the travel order and itinerary for {municipality}", 2),
    task("general", "Liquidate the cash advance of the last field trip", 4),
    task("general", "Request quotations for catering", 3),
    task("general", "File the signed attendance sheets", 1),
    task("general", "Scan and name the incoming letters of the week", 3),
    task("general", "Order toner and bond paper", 1),
    task("general", "Prepare the room and the name plates", 1),
    task("general", "Update the contact list of partners", 3),
    task("general", "Write a thank-you letter to the host of {municipality}", 1),
    task("communities", "Call the leaders of {community} about the visit", 1),
    task("communities", "Check the household list of {community}", 6),
    task("communities", "Update the profile of {community}", 4),
    task("communities", "Collect the resolution of the barangay council of {community}", 3),
    task("communities", "Photograph the damaged houses of {community}", 4),
    task("communities", "Find out who signs for {community}", 2),
    task("communities", "Translate the announcement into Tausug", 3),
    task("communities", "Translate the announcement into Maguindanaon", 3),
    task("mana", "Encode the interview notes of {municipality}", 8),
    task("mana", "Clean the survey data of {community}", 10),
    task("mana", "Print the questionnaires", 2),
    task("mana", "Draw the map of {community} from the points", 6),
    task("mana", "Compare our count with that of {municipality}", 4),
    task("mana", "Write the two-page summary of the assessment", 6),
    task("mana", "Ask for the missing answers of purok leaders", 3),
    task("mana", "Prepare the ranking cards", 2),
    task("coordination", "Send the invitations for the quarterly meeting", 3),
    task("coordination", "Confirm attendance by telephone", 3),
    task("coordination", "Write the minutes and send them around", 4),
    task("coordination", "Follow up the answer of the ministry on {community}", 1),
    task("coordination", "Endorse the request of {community} to the ministry", 2),
    task("coordination", "Draft the memorandum of agreement with {municipality}", 8),
    task("coordination", "Arrange the courtesy call in {municipality}", 2),
    task("coordination", "Collect the quarterly reports of focal persons", 4),
    task("coordination", "Prepare the kit for participants", 3),
    task("monitoring", "Visit the site and take photographs, {community}", 8),
    task("monitoring", "Ask the contractor for the updated schedule", 1),
    task("monitoring", "Check deliveries against the list of beneficiaries", 5),
    task("monitoring", "Update obligations and disbursements of the month", 3),
    task("monitoring", "Interview ten beneficiaries in {municipality}", 8),
    task("monitoring", "Write the monitoring note for the executive director", 3),
    task("monitoring", "Compare targets and results of the quarter", 5),
    task("monitoring", "Record the complaint from {community} and answer it", 2),
    task("policy", "Find ordinances of other towns on the same matter", 6),
    task("policy", "Draft the issue paper", 12),
    task("policy", "Add the comments of the legal assistant", 4),
    task("policy", "List the communities the recommendation concerns", 3),
    task("policy", "Prepare slides for the committee", 4),
    task("services", "Screen the applications of the week", 6),
    task("services", "Tell applicants what is missing", 3),
    task("services", "Prepare the payroll of scholars", 5),
    task("services", "Post the list of those accepted in {municipality}", 2),
    task("services", "Ask recipients how the service was", 4),
    task("municipal", "Bring the municipal profile of {municipality} up to date", 6),
    task("municipal", "Ask {municipality} for the investment programme {year}", 1),
    task("municipal", "Note the officials elected in {municipality}", 2),
    task("data", "Merge the double records of communities", 6),
    task("data", "Correct the barangay codes in the old sheet", 5),
    task("data", "Back up the tablets after the survey", 2),
    task("data", "Write down how the forms changed this year", 4),
    task("project_central", "Check the papers of the proposal from {community}", 3),
    task("project_central", "Cost the three options for {community}", 6),
    task("project_central", "Prepare the file for the budget review", 4),
    task("project_central", "Answer the questions of the technical review", 4),
    task("project_central", "Update the risk list of the portfolio", 2),
    task("project_central", "Ask for the certificate of availability of funds", 2),
    task("project_central", "Prepare the turnover papers of {community}", 4),
];

/// Remarks on tasks, decisions and bookings.
#[rustfmt::skip]
pub const REMARKS: &[&str] = &[
    "Waiting for the signature of the mayor.",
    "Done; the original is in the folder of the unit.",
    "Moved because the road was closed.",
    "The leaders asked for a day after the Friday prayer.",
    "Please check the figure in the second table.",
    "Nobody answered the telephone; we go there on Tuesday.",
    "The supplier asks for two more weeks.",
    "Good work; please send it also to the focal person.",
    "The list has three names twice.",
    "The van is back in the workshop until Thursday.",
    "Agreed in the unit meeting.",
    "The community gives the labour; the plan is adjusted.",
    "To be discussed with the budget officer.",
    "Photographs follow when there is a signal.",
    "The ministry has promised an answer this week.",
    "Returned: the resolution of the barangay is missing.",
    "The boat could not leave on account of the waves.",
    "The midwife joins the team.",
    "Half of the invited came; the rest had a wedding.",
    "The amount was reduced to fit the ceiling.",
];

/// Reasons for putting on hold, returning, rejecting or cancelling.
#[rustfmt::skip]
pub const REASONS: &[&str] = &[
    "The lot is claimed by a third party.",
    "Another office funds the same thing in this barangay.",
    "The cost per person is twice that of similar projects.",
    "The proposal does not say who maintains the facility.",
    "No resolution of the barangay council is attached.",
    "The ceiling of the sector is used up for this year.",
    "The association is not registered yet.",
    "The contractor withdrew.",
    "The security situation does not allow a visit.",
    "The community asked for another site.",
    "The beneficiaries' list was not validated.",
    "The staff in charge is on leave.",
];

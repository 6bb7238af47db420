//! Policy table: the one table that every command asks.
//!
//! A grant allows a role some actions in some areas, always (`Relation::None`) or only with a relation to the record,
//! and names the field groups that these actions may write. Nothing else grants anything, and no rule takes anything
//! away. Two rights are outside of the table because they concern oneself and not a role: everybody with a role edits
//! their own profile, and everybody reads their own notifications.

use super::Role;
use crate::registry::{Area, FieldGroup};
use Action as Do;
use Area as In;
use FieldGroup as Of;

/// Action that a right is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read.
    View,
    /// Create a record.
    Create,
    /// Change fields.
    Edit,
    /// Archive.
    Archive,
    /// Restore.
    Restore,
    /// Change the state by the rules of the kind.
    Transition,
    /// Set the assignees.
    Assign,
    /// Generate tasks from a template.
    Generate,
    /// Import records from a file.
    Import,
    /// Export a file or report.
    Export,
    /// Decide the technical review of a PPA.
    TechnicalReview,
    /// Decide the budget review of a PPA.
    BudgetReview,
    /// Decide or waive the stakeholder consultation of a PPA.
    Consultation,
    /// Give the executive approval of a PPA.
    ExecutiveApproval,
    /// Enact a PPA.
    Enact,
    /// Approve, return or reopen a measurement.
    DecideMeasurement,
    /// Approve or reject a booking.
    DecideBooking,
    /// Approve or reject leave.
    DecideLeave,
    /// Override a rule, with a reason that is logged.
    Override,
    /// Manage the installation: accounts, switches, secrets.
    Manage,
}

/// Relation of an actor to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// No relation; none is needed.
    None,
    /// The actor created it.
    Own,
    /// The actor created it, and nobody has decided on it yet.
    Draft,
    /// It is assigned to the actor.
    Assigned,
    /// The actor is invited to it.
    Invited,
    /// It is assigned to a team of the actor.
    Team,
    /// It concerns the organization or community of the actor.
    Organization,
    /// It is a request by its kind: leave or a booking (work), a need (field), a community request (programme).
    Request,
    /// It is a request for the organization or community of the actor.
    OwnRequest,
}

/// Row of the policy table.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Role.
    pub role: Role,
    /// Areas.
    pub areas: &'static [Area],
    /// Actions.
    pub actions: &'static [Action],
    /// Required relation; `None` when there is no condition.
    pub relation: Relation,
    /// Field groups that may be written, where an action writes fields.
    pub fields: &'static [FieldGroup],
}

/// Areas of the work of the office, the same for all roles that see everything.
const OFFICE: &[Area] = &[In::Work, In::Field, In::Programme, In::Money, In::Reference, In::Oversight];
/// Areas of the daily work of staff.
const DAILY: &[Area] = &[In::Work, In::Field, In::Programme];

/// Actions of budget officers and executives on their own records in the area of work.
const OWN_WORK: &[Action] = &[Do::Edit, Do::Archive, Do::Transition];
/// Actions on alerts and on the schedules of reports.
const OVERSEE: &[Action] = &[Do::Create, Do::Edit, Do::Archive, Do::Restore, Do::Transition];
/// Actions of people on their own records.
const KEEP: &[Action] = &[Do::View, Do::Edit, Do::Archive, Do::Restore];

const fn grant(role: Role, areas: &'static [Area], actions: &'static [Action], relation: Relation) -> Grant {
    Grant { role, areas, actions, relation, fields: &[] }
}

/// Field groups that assignees write.
const WORKING: &[FieldGroup] = &[Of::Planning, Of::Reporting, Of::People, Of::Status];
/// Field groups of a request before a decision.
const REQUESTING: &[FieldGroup] =
    &[Of::Planning, Of::Money, Of::Reporting, Of::Scoring, Of::People, Of::Status];
/// Field groups that the creator of a request may still write after a decision.
const KEEPING: &[FieldGroup] = &[Of::Planning, Of::Reporting, Of::People];

/// Policy table, role by role.
const TABLE: &[Grant] = &[
    // An administrator may do everything.
    grant(Role::Admin, &Area::ALL, &Action::ALL, Relation::None).writing(&Of::ALL),
    // A coordinator sees everything but the settings, and manages the work.
    grant(Role::Coordinator, OFFICE, &[Do::View, Do::Export], Relation::None),
    grant(Role::Coordinator, &[In::Accounts, In::Audit], &[Do::View], Relation::None),
    grant(
        Role::Coordinator,
        &[In::Work, In::Field, In::Programme, In::Reference],
        &[
            Do::Create,
            Do::Edit,
            Do::Archive,
            Do::Restore,
            Do::Transition,
            Do::Assign,
            Do::Generate,
            Do::Import,
        ],
        Relation::None,
    )
    .writing(&Of::ALL),
    grant(Role::Coordinator, &[In::Work], &[Do::DecideBooking, Do::DecideLeave], Relation::None),
    grant(
        Role::Coordinator,
        &[In::Programme],
        &[Do::TechnicalReview, Do::Consultation, Do::DecideMeasurement],
        Relation::None,
    ),
    // Coordinators, budget officers and executives acknowledge and snooze alerts, and schedule reports.
    grant(Role::Coordinator, &[In::Oversight], OVERSEE, Relation::None).writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Oversight], OVERSEE, Relation::None).writing(&Of::ALL),
    grant(Role::Executive, &[In::Oversight], OVERSEE, Relation::None).writing(&Of::ALL),
    // A budget officer sees the work and manages the money.
    grant(Role::BudgetOfficer, OFFICE, &[Do::View, Do::Export], Relation::None),
    grant(Role::BudgetOfficer, &[In::Accounts], &[Do::View], Relation::None),
    grant(
        Role::BudgetOfficer,
        &[In::Money],
        &[
            Do::Create,
            Do::Edit,
            Do::Archive,
            Do::Restore,
            Do::Transition,
            Do::Assign,
            Do::Generate,
            Do::Import,
        ],
        Relation::None,
    )
    .writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Programme], &[Do::BudgetReview, Do::Enact], Relation::None),
    grant(Role::BudgetOfficer, &[In::Work], &[Do::Create], Relation::Request).writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Work], OWN_WORK, Relation::Own).writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Work], &[Do::Edit, Do::Transition], Relation::Assigned).writing(WORKING),
    // An executive sees the work and gives the executive approval.
    grant(Role::Executive, OFFICE, &[Do::View, Do::Export], Relation::None),
    grant(Role::Executive, &[In::Accounts, In::Audit], &[Do::View], Relation::None),
    grant(Role::Executive, &[In::Programme], &[Do::ExecutiveApproval], Relation::None),
    grant(Role::Executive, &[In::Work], &[Do::Create], Relation::Request).writing(&Of::ALL),
    grant(Role::Executive, &[In::Work], OWN_WORK, Relation::Own).writing(&Of::ALL),
    grant(Role::Executive, &[In::Work], &[Do::Edit, Do::Transition], Relation::Assigned).writing(WORKING),
    // Staff see the work, create their own records, and work on what is assigned to them or their team. They edit
    // their own requests freely until a decision.
    grant(Role::Staff, OFFICE, &[Do::View, Do::Export], Relation::None),
    grant(Role::Staff, &[In::Accounts], &[Do::View], Relation::None),
    grant(Role::Staff, &[In::Work], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Staff, &[In::Field, In::Programme], &[Do::Create], Relation::Request).writing(REQUESTING),
    grant(Role::Staff, &[In::Work], &[Do::Edit, Do::Archive, Do::Restore, Do::Transition], Relation::Own)
        .writing(&Of::ALL),
    grant(Role::Staff, &[In::Field, In::Programme], &[Do::Edit], Relation::Own).writing(KEEPING),
    grant(
        Role::Staff,
        &[In::Field, In::Programme],
        &[Do::Edit, Do::Archive, Do::Restore, Do::Transition],
        Relation::Draft,
    )
    .writing(REQUESTING),
    grant(Role::Staff, &[In::Work], &[Do::Edit, Do::Transition], Relation::Assigned).writing(WORKING),
    grant(Role::Staff, &[In::Work], &[Do::Edit, Do::Transition], Relation::Team).writing(WORKING),
    // A partner sees what concerns its own organization or community or is assigned to it, reports on it, and does its
    // tasks. Places concern everyone.
    grant(Role::Partner, &[In::Reference], &[Do::View], Relation::Organization),
    grant(Role::Partner, DAILY, &[Do::View], Relation::Organization),
    grant(Role::Partner, DAILY, &[Do::View], Relation::Assigned),
    grant(Role::Partner, DAILY, &[Do::View], Relation::Invited),
    grant(Role::Partner, &[In::Field, In::Programme], &[Do::Create], Relation::OwnRequest)
        .writing(&[Of::Planning, Of::Reporting]),
    grant(Role::Partner, &[In::Field, In::Programme], &[Do::View, Do::Edit], Relation::Draft)
        .writing(&[Of::Planning, Of::Reporting]),
    grant(Role::Partner, &[In::Field, In::Programme], &[Do::Edit], Relation::Organization)
        .writing(&[Of::Reporting]),
    grant(Role::Partner, &[In::Field, In::Programme], &[Do::Edit], Relation::Assigned)
        .writing(&[Of::Reporting]),
    grant(Role::Partner, &[In::Work], &[Do::Edit, Do::Transition], Relation::Assigned)
        .writing(&[Of::Reporting, Of::Status]),
    // Everybody manages their personal records; an administrator sees them too.
    grant(Role::Coordinator, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Coordinator, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::Coordinator, &[In::Personal], &[Do::View], Relation::Assigned),
    grant(Role::BudgetOfficer, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Personal], &[Do::View], Relation::Assigned),
    grant(Role::Executive, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Executive, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::Executive, &[In::Personal], &[Do::View], Relation::Assigned),
    grant(Role::Staff, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Staff, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::Staff, &[In::Personal], &[Do::View], Relation::Assigned),
    grant(Role::Partner, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Partner, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
];

/// Returns the policy table.
pub fn table() -> &'static [Grant] {
    TABLE
}

/// Returns true if an actor with `roles` and `relations` to a record of `area` may do `action`.
pub fn allows(roles: &[Role], action: Action, area: Area, relations: &[Relation]) -> bool {
    TABLE.iter().any(|grant| {
        roles.contains(&grant.role)
            && grant.covers(action, area)
            && (grant.relation == Relation::None || relations.contains(&grant.relation))
    })
}

/// Returns the relations with which an actor with `roles` may do `action` in `area`. Empty: never; with
/// `Relation::None`: always. Lists use it to restrict their query.
pub fn relations_needed(roles: &[Role], action: Action, area: Area) -> Vec<Relation> {
    let mut needed = Vec::new();
    for grant in TABLE.iter().filter(|grant| roles.contains(&grant.role) && grant.covers(action, area)) {
        if !needed.contains(&grant.relation) {
            needed.push(grant.relation);
        }
    }
    needed
}

/// Returns the roles that may do `action` in `area`, possibly only with a relation: for pages that name who can help.
pub fn who_can(action: Action, area: Area) -> Vec<Role> {
    roles_with(|grant| grant.covers(action, area))
}

/// Returns the roles that may do `action` in an area without a relation.
pub fn who_can_always(action: Action, area: Area) -> Vec<Role> {
    roles_with(|grant| grant.covers(action, area) && grant.relation == Relation::None)
}

/// Returns the roles with a matching row.
fn roles_with(fits: impl Fn(&Grant) -> bool) -> Vec<Role> {
    let has = |role: &Role| TABLE.iter().any(|grant| grant.role == *role && fits(grant));
    Role::ALL.into_iter().filter(has).collect()
}

/// Returns true if an actor with `roles` and `relations` to a record of `area` may write fields of `group` by
/// `action`, which is create or edit.
pub fn allows_field(
    roles: &[Role],
    action: Action,
    area: Area,
    group: FieldGroup,
    relations: &[Relation],
) -> bool {
    TABLE.iter().any(|grant| {
        roles.contains(&grant.role)
            && grant.writes(action, area, group)
            && (grant.relation == Relation::None || relations.contains(&grant.relation))
    })
}

/// Returns the relations with which an actor with `roles` may edit fields of `group` in `area`; as
/// [`relations_needed`] for actions.
pub fn relations_to_write(roles: &[Role], area: Area, group: FieldGroup) -> Vec<Relation> {
    let mut needed = Vec::new();
    let rows = TABLE.iter().filter(|grant| roles.contains(&grant.role));
    for grant in rows.filter(|grant| grant.writes(Action::Edit, area, group)) {
        if !needed.contains(&grant.relation) {
            needed.push(grant.relation);
        }
    }
    needed
}

/// Returns the roles that may write fields of `group` in `area` by `action`, each with the relation that it needs.
pub fn who_can_write(action: Action, area: Area, group: FieldGroup) -> Vec<(Role, Relation)> {
    TABLE
        .iter()
        .filter(|grant| grant.writes(action, area, group))
        .map(|grant| (grant.role, grant.relation))
        .collect()
}

/// Prints the whole table as Markdown: one section per area, a row per action, a column per role.
pub fn matrix_markdown() -> String {
    let mut text = String::from(
        "# Who may do what\n\nGenerated from the policy table of the domain crate; a test keeps it equal \
         (`UPDATE=1 cargo test -p obcms-domain policy` rewrites it).\n\n\
         `yes`: always. A word: only with that relation to the thing. `-`: no. Somebody without any role may do \
         nothing.\n\nEach field of a record belongs to a group, and who may edit a record may write only the groups \
         that the rows below give; the API description names the group of each field.\n\n\
         | relation | meaning |\n|---|---|\n",
    );
    for relation in Relation::ALL.into_iter().filter(|relation| *relation != Relation::None) {
        text.push_str(&format!("| {} | {} |\n", relation.as_str(), relation.meaning()));
    }
    text.push_str("\n| group of fields | contents |\n|---|---|\n");
    for group in FieldGroup::ALL {
        text.push_str(&format!("| {} | {} |\n", group.as_str(), group.contents()));
    }
    for area in Area::ALL {
        text.push_str(&format!("\n## {}\n\n{}\n\n| action |", area.label(), area.contents()));
        for role in Role::ALL {
            text.push_str(&format!(" {} |", role.as_str()));
        }
        text.push_str("\n|---|");
        text.push_str(&"---|".repeat(Role::ALL.len()));
        text.push('\n');
        for action in Action::ALL {
            text.push_str(&format!("| {} |", action.as_str()));
            for role in Role::ALL {
                text.push_str(&format!(" {} |", cell(&relations_needed(&[role], action, area))));
            }
            text.push('\n');
        }
        for (action, word) in [(Action::Create, "create with"), (Action::Edit, "write")] {
            for group in FieldGroup::ALL {
                text.push_str(&format!("| {word} {} fields |", group.as_str()));
                for role in Role::ALL {
                    let who = who_can_write(action, area, group).into_iter();
                    let needed: Vec<Relation> =
                        who.filter(|(who, _)| *who == role).map(|(_, relation)| relation).collect();
                    text.push_str(&format!(" {} |", cell(&needed)));
                }
                text.push('\n');
            }
        }
    }
    text
}

/// Prints a cell of the matrix.
fn cell(needed: &[Relation]) -> String {
    if needed.contains(&Relation::None) {
        return String::from("yes");
    }
    if needed.is_empty() {
        return String::from("-");
    }
    needed.iter().map(|relation| relation.as_str()).collect::<Vec<_>>().join(" or ")
}

impl Grant {
    /// Adds the field groups that the row lets be written.
    const fn writing(self, fields: &'static [FieldGroup]) -> Self {
        Self { fields, ..self }
    }

    /// Returns true if the row lets fields of `group` in `area` be written by `action`.
    pub fn writes(&self, action: Action, area: Area, group: FieldGroup) -> bool {
        self.covers(action, area) && self.fields.contains(&group)
    }

    /// Returns true if the row covers `action` in `area`.
    pub fn covers(&self, action: Action, area: Area) -> bool {
        self.actions.contains(&action) && self.areas.contains(&area)
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 20] = [
        Self::View,
        Self::Create,
        Self::Edit,
        Self::Archive,
        Self::Restore,
        Self::Transition,
        Self::Assign,
        Self::Generate,
        Self::Import,
        Self::Export,
        Self::TechnicalReview,
        Self::BudgetReview,
        Self::Consultation,
        Self::ExecutiveApproval,
        Self::Enact,
        Self::DecideMeasurement,
        Self::DecideBooking,
        Self::DecideLeave,
        Self::Override,
        Self::Manage,
    ];

    /// Name in the matrix and in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Archive => "archive",
            Self::Restore => "restore",
            Self::Transition => "change state",
            Self::Assign => "assign",
            Self::Generate => "generate tasks",
            Self::Import => "import",
            Self::Export => "export",
            Self::TechnicalReview => "technical review",
            Self::BudgetReview => "budget review",
            Self::Consultation => "consultation",
            Self::ExecutiveApproval => "executive approval",
            Self::Enact => "enact",
            Self::DecideMeasurement => "decide measurements",
            Self::DecideBooking => "decide bookings",
            Self::DecideLeave => "decide leave",
            Self::Override => "override",
            Self::Manage => "manage",
        }
    }
}

impl Relation {
    /// Every relation.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Own,
        Self::Draft,
        Self::Assigned,
        Self::Invited,
        Self::Team,
        Self::Organization,
        Self::Request,
        Self::OwnRequest,
    ];

    /// Name in the matrix.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Own => "own",
            Self::Draft => "draft",
            Self::Assigned => "assigned",
            Self::Invited => "invited",
            Self::Team => "team",
            Self::Organization => "organisation",
            Self::Request => "request",
            Self::OwnRequest => "request for their own",
        }
    }

    /// Meaning, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::None => "no relation is needed",
            Self::Own => "they created it",
            Self::Draft => "they created it, and it is not decided yet",
            Self::Assigned => "they are assigned to it or organize it",
            Self::Invited => "they are invited to it",
            Self::Team => "it is assigned to one of their teams",
            Self::Organization => "it concerns their organization or community",
            Self::OwnRequest => "it is a request for their own organization or community",
            Self::Request => {
                "it is a request: leave or a booking, a need, a community request among the PPAs"
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! Who may do what: the one table every command asks.
//!
//! A grant says: this role may do these actions in these areas, always (`Relation::None`) or only with a relation
//! to the thing, and may write these groups of fields by them. Nothing else grants anything; there is no rule that
//! takes away. Two things stand outside of the
//! table because they are about oneself, not about a role: everybody with a role keeps their own profile, and
//! everybody reads their own notifications.

use super::Role;
use crate::registry::{Area, FieldGroup};
use Action as Do;
use Area as In;
use FieldGroup as Of;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read.
    View,
    /// Make a new one.
    Create,
    /// Change fields.
    Edit,
    /// Put away.
    Archive,
    /// Bring back.
    Restore,
    /// Change the state by the rules of the kind.
    Transition,
    /// Say who is to do it.
    Assign,
    /// Make tasks from a template.
    Generate,
    /// Read in many from a file.
    Import,
    /// Take out as a file or report.
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
    /// Approve or reject a booking.
    DecideBooking,
    /// Approve or reject leave.
    DecideLeave,
    /// Go against a rule, with a reason that is logged.
    Override,
    /// Everything that is set up once: accounts, switches, secrets.
    Manage,
}

/// How somebody stands to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// No relation is needed, or there is none.
    None,
    /// They made it.
    Own,
    /// They made it, and nobody has decided on it yet.
    Draft,
    /// It is theirs to do.
    Assigned,
    /// They are invited to it.
    Invited,
    /// It is for a team of theirs to do.
    Team,
    /// It concerns their organization or community.
    Organization,
    /// It is by its nature a request: leave or a booking (work), a need (field), a community request (programme).
    Request,
    /// It is a request for their own organization or community.
    OwnRequest,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Who.
    pub role: Role,
    /// Where.
    pub areas: &'static [Area],
    /// What.
    pub actions: &'static [Action],
    /// On which condition; `None`: on no condition.
    pub relation: Relation,
    /// Groups of fields that may be written, where an action writes fields.
    pub fields: &'static [FieldGroup],
}

/// What the office itself works on, the same for all who see everything.
const OFFICE: &[Area] = &[In::Work, In::Field, In::Programme, In::Money, In::Reference];
/// What staff make and move.
const DAILY: &[Area] = &[In::Work, In::Field, In::Programme];

/// What budget officers and executives do with what they made in the work.
const OWN_WORK: &[Action] = &[Do::Edit, Do::Archive, Do::Transition];
/// What people do with their own.
const KEEP: &[Action] = &[Do::View, Do::Edit, Do::Archive, Do::Restore];

const fn grant(role: Role, areas: &'static [Area], actions: &'static [Action], relation: Relation) -> Grant {
    Grant { role, areas, actions, relation, fields: &[] }
}

/// What people who do a piece of work write of it.
const WORKING: &[FieldGroup] = &[Of::Planning, Of::Reporting, Of::People, Of::Status];
/// What a request says, before anybody decides on it.
const REQUESTING: &[FieldGroup] =
    &[Of::Planning, Of::Money, Of::Reporting, Of::Scoring, Of::People, Of::Status];
/// What the maker of a request goes on writing when it is decided on.
const KEEPING: &[FieldGroup] = &[Of::Planning, Of::Reporting, Of::People];

/// The table, role by role.
const TABLE: &[Grant] = &[
    // An administrator may do everything.
    grant(Role::Admin, &Area::ALL, &Action::ALL, Relation::None).writing(&Of::ALL),
    // A coordinator sees everything but the settings, and runs the work.
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
    grant(Role::Coordinator, &[In::Programme], &[Do::TechnicalReview, Do::Consultation], Relation::None),
    // A budget officer sees the work and keeps the money.
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
    // Staff see the work, make their own, and do what is assigned to them or their team. What they asked for they
    // write freely until somebody decides on it.
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
    // A partner sees what concerns its own organization or community, or is given to it, reports on it, and does
    // its tasks. Places concern everyone.
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
    // Everybody keeps what is theirs alone; an administrator sees it too.
    grant(Role::Coordinator, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Coordinator, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::BudgetOfficer, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::Executive, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Executive, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::Staff, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Staff, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
    grant(Role::Partner, &[In::Personal], &[Do::Create], Relation::None).writing(&Of::ALL),
    grant(Role::Partner, &[In::Personal], KEEP, Relation::Own).writing(&Of::ALL),
];

/// The table, to be read from top to bottom.
pub fn table() -> &'static [Grant] {
    TABLE
}

/// Whether somebody who holds `roles` and stands in `relations` to a thing of `area` may do `action` with it.
pub fn allows(roles: &[Role], action: Action, area: Area, relations: &[Relation]) -> bool {
    TABLE.iter().any(|grant| {
        roles.contains(&grant.role)
            && grant.covers(action, area)
            && (grant.relation == Relation::None || relations.contains(&grant.relation))
    })
}

/// The relations that would let somebody who holds `roles` do `action` in `area`. Empty: nothing would;
/// containing `Relation::None`: always allowed. Lists use it to narrow their query before they read.
pub fn relations_needed(roles: &[Role], action: Action, area: Area) -> Vec<Relation> {
    let mut needed = Vec::new();
    for grant in TABLE.iter().filter(|grant| roles.contains(&grant.role) && grant.covers(action, area)) {
        if !needed.contains(&grant.relation) {
            needed.push(grant.relation);
        }
    }
    needed
}

/// The roles that may do `action` in `area`, if only with a relation: for pages that say who can help.
pub fn who_can(action: Action, area: Area) -> Vec<Role> {
    roles_with(|grant| grant.covers(action, area))
}

/// The roles that may act on everything of an area, without a relation to it.
pub fn who_can_always(action: Action, area: Area) -> Vec<Role> {
    roles_with(|grant| grant.covers(action, area) && grant.relation == Relation::None)
}

/// The roles with a row of the table that fits.
fn roles_with(fits: impl Fn(&Grant) -> bool) -> Vec<Role> {
    let has = |role: &Role| TABLE.iter().any(|grant| grant.role == *role && fits(grant));
    Role::ALL.into_iter().filter(has).collect()
}

/// Whether somebody who holds `roles` and stands in `relations` to a thing of `area` may write fields of `group` by
/// `action`, which is to create or to edit.
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

/// The relations that would let somebody who holds `roles` edit fields of `group` in `area`; as
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

/// The roles that may write fields of `group` in `area` by `action`, with the relation that each needs.
pub fn who_can_write(action: Action, area: Area, group: FieldGroup) -> Vec<(Role, Relation)> {
    TABLE
        .iter()
        .filter(|grant| grant.writes(action, area, group))
        .map(|grant| (grant.role, grant.relation))
        .collect()
}

/// The whole table as Markdown: one section per area, a row per action, a column per role.
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

/// One cell of the matrix.
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
    /// The same row with groups of fields that may be written.
    const fn writing(self, fields: &'static [FieldGroup]) -> Self {
        Self { fields, ..self }
    }

    /// Whether the row lets fields of `group` in `area` be written by `action`.
    pub fn writes(&self, action: Action, area: Area, group: FieldGroup) -> bool {
        self.covers(action, area) && self.fields.contains(&group)
    }

    /// Whether the row is about `action` in `area`.
    pub fn covers(&self, action: Action, area: Area) -> bool {
        self.actions.contains(&action) && self.areas.contains(&area)
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 19] = [
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
        Self::DecideBooking,
        Self::DecideLeave,
        Self::Override,
        Self::Manage,
    ];

    /// The name in the matrix and in messages.
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

    /// The name in the matrix.
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

    /// What it means, in a sentence.
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

//! Right to decide stages: by one's own roles, and on behalf of absent colleagues.

use jiff::civil::Date;
use obcms_domain::accounts::{Action as Right, Role};
use obcms_domain::approval::{ApprovalError, Decider, Stage, may_decide};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, USER, delegation, user};
use obcms_domain::registry::Record;
use obcms_store::records;
use obcms_store::{Tx, approval as store};

use crate::core::actor::roles;
use crate::core::rules::Input;
use crate::core::{Actor, AppError, UnitOfWork};

/// Stages that an actor may decide, and for whom.
pub(super) struct Authority {
    person: Option<Id>,
    own: Vec<Stage>,
    delegated: Vec<(Id, Vec<Role>)>,
}

impl Authority {
    /// Loads the delegations of the day.
    pub fn load(tx: &mut Tx<'_>, actor: &Actor, today: Date) -> Result<Self, AppError> {
        let own = Stage::ALL.into_iter().filter(|stage| actor.may(stage.right(), PPA.area));
        let mut authority = Self { person: actor.id, own: own.collect(), delegated: Vec::new() };
        let Some(person) = actor.id else { return Ok(authority) };
        // Partners see only a part of the PPAs and decide on none.
        if !actor.may(Right::View, PPA.area) {
            return Ok(authority);
        }
        let delegators = store::delegators(tx, person, today)?;
        let people = records::load_many(tx, &USER, &delegators)?;
        let active = people.iter().filter(|user| !user.is_archived() && !user::IS_DISABLED.get(user));
        authority.delegated = active.map(|user| (user.id, roles(user))).collect();
        Ok(authority)
    }

    /// Returns the stages that the actor may decide, by themselves or for somebody.
    pub fn stages(&self) -> Vec<Stage> {
        Stage::ALL.into_iter().filter(|stage| self.covers(*stage)).collect()
    }

    /// Returns true if the actor may decide the stage, were it not for the separation of duties.
    pub fn covers(&self, stage: Stage) -> bool {
        self.own.contains(&stage) || self.delegators(stage).next().is_some()
    }

    /// Returns the person themselves and those who delegated to them.
    pub fn people(&self) -> impl Iterator<Item = Id> {
        self.person.into_iter().chain(self.delegated.iter().map(|(delegator, _)| *delegator))
    }

    fn delegators(&self, stage: Stage) -> impl Iterator<Item = Id> {
        let has_role = move |roles: &[Role]| roles.contains(&stage.decider());
        self.delegated.iter().filter(move |(_, roles)| has_role(roles)).map(|(delegator, _)| *delegator)
    }

    /// Returns for whom the actor decides a stage: for themselves where their roles allow it, else for the first
    /// colleague for whom the separation of duties permits it; `assignee` comes before the others. Nothing for the
    /// program itself.
    pub fn decider(
        &self,
        stage: Stage,
        maker: Option<Id>,
        last: Option<(Stage, Decider)>,
        assignee: Option<Id>,
    ) -> Result<Option<Decider>, Barred> {
        let Some(person) = self.person else { return Ok(None) };
        let check = |decider: Decider| match maker {
            Some(maker) => may_decide(decider, maker, stage, last),
            None => Ok(()),
        };
        if self.own.contains(&stage) {
            let decider = Decider::alone(person);
            return check(decider).map(|()| Some(decider)).map_err(Barred::Duties);
        }
        let mut delegators: Vec<Id> = self.delegators(stage).collect();
        delegators.sort_by_key(|delegator| Some(*delegator) != assignee);
        let mut barred = Barred::NoRole;
        for delegator in delegators {
            let decider = Decider { person, on_behalf_of: Some(delegator) };
            match check(decider) {
                Ok(()) => return Ok(Some(decider)),
                Err(error) => barred = Barred::Duties(error),
            }
        }
        Err(barred)
    }
}

/// Reason for which an actor cannot decide a stage.
pub(super) enum Barred {
    /// Neither their roles nor a delegation allow it.
    NoRole,
    /// The separation of duties forbids it.
    Duties(ApprovalError),
}

/// Completes a delegation and refuses one by or to somebody who cannot decide.
pub(crate) fn before_save_delegation(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let own = record.created_by.or(work.actor.id);
    let delegator = delegation::DELEGATOR.get(record).or(own);
    let is_admin = work.actor.may(Right::Manage, USER.area);
    if delegator != work.actor.id
        && !is_admin
        && before.is_none_or(|before| delegation::DELEGATOR.get(before) != delegator)
    {
        let message = "Only an administrator can delegate for somebody else.";
        return Err(AppError::field(delegation::DELEGATOR.name(), "forbidden", message));
    }
    let person = |work: &mut UnitOfWork<'_, '_>, id: Option<Id>| match id {
        Some(id) => records::load(work.tx, &USER, id),
        None => Ok(None),
    };
    let decides = |role: &Role| Stage::ALL.into_iter().any(|stage| stage.decider() == *role);
    let from = person(work, delegator)?;
    if !from.as_ref().is_some_and(|user| roles(user).iter().any(decides)) {
        let message = "Only coordinators, budget officers and executives have decisions to delegate.";
        return Err(AppError::field(delegation::DELEGATOR.name(), "reference", message));
    }
    let to = person(work, delegation::DELEGATE.get(record))?;
    let is_of_office = |user: &Record| {
        !user.is_archived()
            && !user::IS_DISABLED.get(user)
            && roles(user).iter().any(|role| *role != Role::Partner)
    };
    if !to.as_ref().is_some_and(is_of_office) {
        let message = "Select an active person of the office.";
        return Err(AppError::field(delegation::DELEGATE.name(), "reference", message));
    }
    if to.as_ref().map(|user| user.id) == delegator {
        return Err(AppError::field(delegation::DELEGATE.name(), "reference", "Select another person."));
    }
    if let Some(delegator) = delegator {
        delegation::DELEGATOR.set(record, delegator);
    }
    let name = |user: Option<Record>| user.map_or_else(String::new, |user| user.title().to_owned());
    delegation::TITLE.set(record, format!("{} for {}", name(to), name(from)));
    Ok(())
}

/// Returns the people who may be assigned a stage: active, with the role, and free by the separation of duties.
pub(super) fn eligible(
    tx: &mut Tx<'_>,
    stage: Stage,
    maker: Option<Id>,
    last: Option<(Stage, Decider)>,
) -> Result<Vec<Id>, AppError> {
    let mut people = store::people_with_role(tx, stage.decider().as_str())?;
    people.retain(|person| {
        maker.is_none_or(|maker| may_decide(Decider::alone(*person), maker, stage, last).is_ok())
    });
    Ok(people)
}

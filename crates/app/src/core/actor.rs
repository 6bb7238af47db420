//! Actor of a command or query, with its roles, relations and visibility.

use jiff::Timestamp;
use obcms_domain::accounts::{Action, Area, Relation, Role, allows, who_can_always};
use obcms_domain::core::addresses::masked_address;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{self, task, user};
use obcms_domain::message;
use obcms_domain::registry::{Concern, Kind, Record, Value};
use obcms_store::records::{self, Scope};
use obcms_store::{Tx, accounts};

use crate::core::cache::RevisionCache;
use crate::core::{App, AppError};

/// Person, or the program itself, with what the policy needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Id of the user; nothing for the program itself.
    pub id: Option<Id>,
    /// User name for signing in.
    pub username: String,
    /// Full name.
    pub full_name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Teams that the user leads or belongs to.
    pub teams: Vec<Id>,
    /// Organization and communities that a partner represents.
    pub concerns: Vec<Id>,
    /// The organization among them.
    pub organization: Option<Id>,
    /// Time zone for displayed times.
    pub timezone: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// `monday` or `sunday`.
    pub week_start: String,
    /// Defaults of the calendar page.
    pub calendar: CalendarDefaults,
    /// True for a token that may not write.
    pub read_only: bool,
    /// Credential of the request.
    pub credential: Credential,
    /// Network address of the client; empty if it is unknown.
    pub address: String,
}

/// Credential of a request; access ends when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// No credential: the program, the command line, a feed.
    #[default]
    None,
    /// Session of a browser.
    Session(Id),
    /// API token of a program.
    Token {
        /// Id of the token.
        id: Id,
        /// Time at which the token expires, if it does.
        expires_at: Option<Timestamp>,
    },
}

/// Cache key of an actor: everything about it that decides the content of an answer. Every cache whose content depends
/// on the reader includes it, so that two readers with different rights never share an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    id: Option<Id>,
    names: (String, String),
    roles: Vec<Role>,
    teams: Vec<Id>,
    concerns: Vec<Id>,
    display: (String, String, String),
    calendar: CalendarDefaults,
    read_only: bool,
}

impl From<&Actor> for CacheKey {
    fn from(actor: &Actor) -> Self {
        // Without `..`: a new member of the actor does not compile until it is decided here. Lists are compared
        // without order.
        let Actor {
            id,
            username,
            full_name,
            roles,
            teams,
            concerns,
            organization: _, // Among the concerns.
            timezone,
            theme,
            week_start,
            calendar,
            read_only,
            // Decides how long access lasts, not what the reader sees.
            credential: _,
            // Used only by the security log.
            address: _,
        } = actor;
        let (mut roles, mut teams, mut concerns) = (roles.clone(), teams.clone(), concerns.clone());
        roles.sort_unstable();
        teams.sort_unstable();
        concerns.sort_unstable();
        Self {
            id: *id,
            names: (username.clone(), full_name.clone()),
            roles,
            teams,
            concerns,
            display: (timezone.clone(), theme.clone(), week_start.clone()),
            calendar: calendar.clone(),
            read_only: *read_only,
        }
    }
}

/// Cache of users with their rights, by id.
pub(crate) struct ActorCache(pub RevisionCache<Id, Option<Actor>>);

impl Default for ActorCache {
    fn default() -> Self {
        Self(RevisionCache::with_capacity(CACHED_ACTORS))
    }
}

/// Capacity of caches with an entry for each user.
pub(crate) const CACHED_ACTORS: usize = 1024;

impl App {
    /// Returns the user with current rights, unless disabled or archived. Every request needs its user, so they are
    /// cached by revision.
    pub(crate) fn active_actor(&self, tx: &mut Tx<'_>, user: Id) -> Result<Option<Actor>, AppError> {
        Ok((*self.cache::<ActorCache>().0.get(tx, user, |tx| Actor::load(tx, user))?).clone())
    }
}

/// Defaults of the calendar page of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CalendarDefaults {
    /// Name of the view, such as `month`.
    pub view: String,
    /// Keys of the shown modules; all if empty.
    pub modules: Vec<String>,
    /// True to show Hijri dates beside the others.
    pub show_hijri: bool,
}

impl Default for CalendarDefaults {
    fn default() -> Self {
        Self { view: "month".to_owned(), modules: Vec::new(), show_hijri: true }
    }
}

impl CalendarDefaults {
    fn of(user: &Record) -> Self {
        let modules = match user::DEFAULT_MODULES.value(user) {
            Value::Json(serde_json::Value::Array(items)) => {
                items.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        Self {
            view: user::DEFAULT_VIEW.get(user).to_owned(),
            modules,
            show_hijri: user::SHOW_HIJRI.get(user),
        }
    }
}

/// Visibility of an area for an actor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// All records.
    All,
    /// Records within the scope.
    Within(Scope),
}

impl Visibility {
    /// Returns the scope that limits visibility; nothing if all is visible.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        match self {
            Self::All => None,
            Self::Within(scope) => Some(scope),
        }
    }
}

impl Actor {
    /// Returns the actor of the program itself: first start, demo, command line.
    #[must_use]
    pub fn program() -> Self {
        Self {
            id: None,
            username: "obcms".to_owned(),
            full_name: "obcms".to_owned(),
            roles: vec![Role::Admin],
            teams: Vec::new(),
            concerns: Vec::new(),
            organization: None,
            timezone: "Asia/Manila".to_owned(),
            theme: "auto".to_owned(),
            week_start: "monday".to_owned(),
            calendar: CalendarDefaults::default(),
            read_only: false,
            credential: Credential::None,
            address: String::new(),
        }
    }

    /// Loads a user as an actor, unless disabled or archived.
    pub fn load(tx: &mut Tx<'_>, id: Id) -> Result<Option<Self>, AppError> {
        let Some(user) = records::load(tx, &kinds::USER, id)? else {
            return Ok(None);
        };
        if user.is_archived() || user::IS_DISABLED.get(&user) {
            return Ok(None);
        }
        let teams = accounts::teams_of(tx, id)?;
        Ok(Some(Self::from_record(&user, teams)))
    }

    /// Returns the actor of a user record.
    #[must_use]
    pub fn from_record(user: &Record, teams: Vec<Id>) -> Self {
        let mut concerns = user::COMMUNITIES.get(user).to_vec();
        concerns.extend(user::ORGANIZATION.get(user));
        Self {
            id: Some(user.id),
            username: user::USERNAME.get(user).to_owned(),
            full_name: user::FULL_NAME.get(user).to_owned(),
            roles: roles(user),
            teams,
            concerns,
            organization: user::ORGANIZATION.get(user),
            timezone: user::TIMEZONE.get(user).to_owned(),
            theme: user::THEME.get(user).to_owned(),
            week_start: user::WEEK_START.get(user).to_owned(),
            calendar: CalendarDefaults::of(user),
            read_only: false,
            credential: Credential::None,
            address: String::new(),
        }
    }

    /// Returns true if the policy allows the action without looking at a record.
    #[must_use]
    pub fn may(&self, action: Action, area: Area) -> bool {
        allows(&self.roles, action, area, &[Relation::None])
    }

    /// Returns the visibility of the kind; nothing if the actor sees none of it.
    #[must_use]
    pub fn visibility(&self, kind: &Kind) -> Option<Visibility> {
        if self.may(Action::View, kind.area) {
            return Some(Visibility::All);
        }
        let related = allows(
            &self.roles,
            Action::View,
            kind.area,
            &[Relation::Organization, Relation::Assigned, Relation::Own],
        );
        match (related, self.id) {
            (true, Some(user)) => Some(Visibility::Within(self.scope_of(user))),
            _ => None,
        }
    }

    /// Returns the scope of the actor, whose id is given.
    pub(crate) fn scope_of(&self, user: Id) -> Scope {
        let sees_shared = self.roles.iter().any(|role| *role != Role::Partner);
        Scope { user, concerns: self.concerns.clone(), sees_shared }
    }

    /// Returns the scope for a query of the kind.
    ///
    /// # Errors
    ///
    /// `Forbidden` when the actor sees none of it.
    pub fn scope(&self, kind: &Kind) -> Result<Option<Scope>, AppError> {
        match self.visibility(kind) {
            Some(Visibility::All) => Ok(None),
            Some(Visibility::Within(scope)) => Ok(Some(scope)),
            None => Err(AppError::forbidden(
                Action::View,
                kind.area,
                message!("see {kinds}", kinds = Word::lower(kind.plural)),
            )),
        }
    }

    /// Returns true if the actor sees the personal fields of that record: their own, or all as an administrator.
    #[must_use]
    pub fn sees_personal(&self, kind: &Kind, id: Id) -> bool {
        self.id.is_none_or(|own| own == id) || self.may(Action::Manage, kind.area)
    }

    /// Returns true if the actor sees the sealed fields of a kind in full: those who may edit any of its records do.
    #[must_use]
    pub fn sees_sealed(&self, kind: &Kind) -> bool {
        !self.read_only && self.may(Action::Edit, kind.area)
    }

    /// Clears the personal fields of records that are not the actor's own, and masks the sealed ones that the actor
    /// may not edit. All output passes through here.
    pub fn conceal(&self, records: &mut [Record]) {
        let Some(kind) = records.first().map(|record| record.kind) else { return };
        let masks = !self.sees_sealed(kind);
        for (position, _) in kind.fields.iter().enumerate().filter(|(_, field)| masks && field.sealed) {
            for record in &mut *records {
                if let Value::Text(text) = &record.values[position] {
                    record.values[position] = Value::Text(masked_address(text));
                }
            }
        }
        for (position, _) in kind.fields.iter().enumerate().filter(|(_, field)| field.personal) {
            for record in &mut *records {
                if !self.sees_personal(kind, record.id) {
                    record.values[position] = Value::Null;
                }
            }
        }
    }

    /// Returns the relations of the actor to the record.
    pub fn relations(&self, tx: &mut Tx<'_>, record: &Record) -> Result<Vec<Relation>, AppError> {
        let mut relations = vec![Relation::None];
        relations.extend(self.request_relations(tx, record)?);
        let Some(user) = self.id else {
            return Ok(relations);
        };
        relations.extend(self.plain_relations(record));
        // Only actors limited to this relation need the query.
        if self.roles.contains(&Role::Partner) {
            let scope = self.scope_of(user);
            if records::exists_in_scope(tx, record.kind, record.id, &scope)? {
                relations.push(Relation::Organization);
            }
        }
        Ok(relations)
    }

    /// Returns true if the record itself names an organization or community of the actor.
    #[must_use]
    pub fn is_for_own(&self, record: &Record) -> bool {
        let named = record.kind.concerns.iter().filter_map(|concern| concern.own_field());
        named.flat_map(|field| record.get(field).targets()).any(|id| self.concerns.contains(&id))
    }

    /// Returns true if the record names a record that names an organization or community of the actor, such as a
    /// measurement of a PPA of their body.
    fn is_for_own_through(&self, tx: &mut Tx<'_>, record: &Record) -> Result<bool, AppError> {
        for concern in record.kind.concerns {
            if let Concern::Through(first, second) = concern {
                let named = record.get(first.as_str()).targets();
                let own = &self.concerns;
                if !named.is_empty() && !records::pointing_at(tx, &named, second.as_str(), own)?.is_empty() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Returns the relations to a record that is a request, whoever created it.
    pub(crate) fn request_relations(
        &self,
        tx: &mut Tx<'_>,
        record: &Record,
    ) -> Result<Vec<Relation>, AppError> {
        if !record.is_request() {
            return Ok(Vec::new());
        }
        let is_own =
            self.is_for_own(record) || (!self.concerns.is_empty() && self.is_for_own_through(tx, record)?);
        Ok(if is_own { vec![Relation::Request, Relation::OwnRequest] } else { vec![Relation::Request] })
    }

    /// Returns the relations that follow from the record alone, without a query.
    pub fn plain_relations(&self, record: &Record) -> Vec<Relation> {
        let mut relations = Vec::new();
        let Some(user) = self.id else {
            return relations;
        };
        if record.created_by == Some(user) {
            relations.push(Relation::Own);
            if !record.is_decided() {
                relations.push(Relation::Draft);
            }
        }
        for (fields, relation) in
            [(assigning(record.kind), Relation::Assigned), (record.kind.invited.to_vec(), Relation::Invited)]
        {
            if fields.iter().any(|field| record.get(field).targets().contains(&user)) {
                relations.push(relation);
            }
        }
        if record.kind.is_shared(record) {
            relations.push(Relation::Assigned);
        }
        if task::TEAMS.get(record).iter().any(|team| self.teams.contains(team)) {
            relations.push(Relation::Team);
        }
        relations
    }

    /// Returns true if the policy allows the action on this record.
    pub fn may_on(&self, tx: &mut Tx<'_>, action: Action, record: &Record) -> Result<bool, AppError> {
        if self.may(action, record.kind.area) {
            return Ok(true);
        }
        let relations = self.relations(tx, record)?;
        Ok(allows(&self.roles, action, record.kind.area, &relations))
    }

    /// Requires that the policy allows the action on this record.
    ///
    /// # Errors
    ///
    /// `Forbidden`, or `NotFound` for a record that the actor may not even see.
    pub fn require(&self, tx: &mut Tx<'_>, action: Action, record: &Record) -> Result<(), AppError> {
        if self.may_on(tx, action, record)? {
            return Ok(());
        }
        if action != Action::View && self.may_on(tx, Action::View, record)? {
            // Roles that need a relation are not suggested, because their members may not have it.
            return Err(AppError::not_allowed(
                act_on(action, record.kind),
                who_can_always(action, record.kind.area),
            ));
        }
        if self.roles.is_empty() {
            return Err(AppError::forbidden(
                action,
                record.kind.area,
                "do anything until an administrator gives you a role",
            ));
        }
        Err(AppError::NotFound(record.kind.label))
    }
}

/// Returns the roles of a user record.
#[must_use]
pub fn roles(user: &Record) -> Vec<Role> {
    match user::ROLES.value(user) {
        Value::Json(serde_json::Value::Array(items)) => {
            items.iter().filter_map(|item| item.as_str()).filter_map(Role::parse).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the fields that assign or organize a record; invitations do not count.
pub(crate) fn assigning(kind: &Kind) -> Vec<&'static str> {
    kind.people.iter().filter(|field| !kind.invited.contains(field)).copied().collect()
}

fn act_on(action: Action, kind: &Kind) -> Message {
    let kind = Word::lower(kind.label);
    match action {
        Action::View => message!("see this {kind}", kind),
        Action::Create => message!("make this {kind}", kind),
        Action::Edit => message!("change this {kind}", kind),
        Action::Archive => message!("archive this {kind}", kind),
        Action::Restore => message!("restore this {kind}", kind),
        Action::Transition => message!("move this {kind}", kind),
        Action::Assign => message!("assign this {kind}", kind),
        Action::Generate => message!("generate tasks for this {kind}", kind),
        _ => message!("decide this {kind}", kind),
    }
}

//! Initial task templates; coordinators change them afterwards.
//!
//! Every item has an offset from one end of its origin. For events and similar origins (a workshop, a quarterly
//! meeting, an engagement, a survey) the day itself is 0, preparation is before it, and follow-up counts from its end.
//! For all others items count from the start. Dates on weekends and holidays move to working days, see [`due`].

/// Declares items as a table: key, title, anchor and days with a rule of their own for weekends and holidays, priority
/// and hours, assignee rule, prerequisites, and a description where the title leaves a question.
macro_rules! items {
    (@rule) => { None };
    (@rule $rule:ident) => { Some($crate::tasks::templates::DueRule::$rule) };
    ($( $phase:literal { $( $key:ident : $title:literal, $anchor:ident $days:literal $($rule:ident)?, $priority:ident $hours:literal,
        $role:ident, [$($after:ident),*] $($description:literal)?; )+ } )+) => {
        &[ $($( $crate::tasks::templates::ItemSeed {
            key: stringify!($key),
            title: $title,
            description: concat!($($description)?),
            anchor: $crate::tasks::templates::Anchor::$anchor,
            offset_days: $days,
            due_rule: items!(@rule $($rule)?),
            priority: $crate::tasks::Priority::$priority,
            hours_hundredths: $hours * 100,
            phase: $phase,
            role: $crate::tasks::templates::AssigneeRule::$role,
            prerequisites: &[$(stringify!($after)),*],
        }, )+)+ ]
    };
}

mod assessment;
mod assessment_short;
mod budget;
mod coordination;
pub mod due;
mod event;
mod policy;
mod project;
mod service;
pub mod triggers;

pub use due::{DueRule, due_date};
pub use triggers::template_for;

use super::Priority;

/// End of the origin from which an item is dated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// First day.
    Start,
    /// Last day; the first where the origin has no end.
    End,
}

/// Rule for the assignee of a generated task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssigneeRule {
    /// Creator of the origin.
    Creator,
    /// Lead of the origin: lead assessor, project lead, lead author, focal person, assignee of an approval stage.
    Lead,
    /// Organizer of the event.
    Organizer,
    /// Team of the domain.
    Team,
}

/// Item of a template.
#[derive(Debug, Clone, Copy)]
pub struct ItemSeed {
    /// Stable name within the template: with the origin it makes generation idempotent.
    pub key: &'static str,
    /// Title of the task; `{name}` is replaced by the title of the origin.
    pub title: &'static str,
    /// Instructions, or empty.
    pub description: &'static str,
    /// Anchor of the offset.
    pub anchor: Anchor,
    /// Days from the anchor to the due date, negative before it.
    pub offset_days: i32,
    /// Rule for weekends and holidays in place of that of the template.
    pub due_rule: Option<DueRule>,
    /// Priority.
    pub priority: Priority,
    /// Estimated hours, in hundredths.
    pub hours_hundredths: u32,
    /// Phase of the work, or empty.
    pub phase: &'static str,
    /// Assignee rule.
    pub role: AssigneeRule,
    /// Keys of the prerequisites.
    pub prerequisites: &'static [&'static str],
}

/// Template.
#[derive(Debug, Clone, Copy)]
pub struct TemplateSeed {
    /// Unique name.
    pub name: &'static str,
    /// Label on the screen.
    pub title: &'static str,
    /// Purpose.
    pub description: &'static str,
    /// Domain of its tasks.
    pub domain: &'static str,
    /// Its tasks, in order.
    pub items: &'static [ItemSeed],
}

impl Anchor {
    /// Both anchors.
    pub const ALL: [Self; 2] = [Self::Start, Self::End];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }

    /// Returns the anchor stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|anchor| anchor.as_str() == text)
    }
}

impl AssigneeRule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::Creator, Self::Lead, Self::Organizer, Self::Team];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Lead => "lead",
            Self::Organizer => "organizer",
            Self::Team => "team",
        }
    }

    /// Returns the rule stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// Returns every template, in the order of lists.
pub fn all() -> impl Iterator<Item = &'static TemplateSeed> {
    [
        assessment::TEMPLATES,
        assessment_short::TEMPLATES,
        event::TEMPLATES,
        coordination::TEMPLATES,
        policy::TEMPLATES,
        service::TEMPLATES,
        budget::TEMPLATES,
        project::TEMPLATES,
    ]
    .into_iter()
    .flatten()
}

/// Returns the template called `name`.
pub fn find(name: &str) -> Option<&'static TemplateSeed> {
    all().find(|template| template.name == name)
}

/// Returns the title of a task: `{name}` becomes the title of the origin.
pub fn fill(title: &str, origin_title: &str) -> String {
    title.replace("{name}", origin_title)
}

#[cfg(test)]
mod tests;

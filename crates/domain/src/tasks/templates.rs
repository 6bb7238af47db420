//! The templates tasks are generated from, as they are at first start; coordinators change them afterwards.
//!
//! Every item is dated from one end of its origin. For events, and for what is like one (a workshop, a quarterly
//! meeting, an engagement, a survey), the day itself is 0, what prepares it comes before, and what follows from
//! it counts from its end. Everything else counts from its start.

/// Writes items as a table: key, title, anchor and days, priority and hours, who gets it, what must be done
/// before it, and a sentence on how where the title leaves a question.
macro_rules! items {
    ($( $phase:literal { $( $key:ident : $title:literal, $anchor:ident $days:literal, $priority:ident $hours:literal,
        $role:ident, [$($after:ident),*] $($description:literal)?; )+ } )+) => {
        &[ $($( $crate::tasks::templates::ItemSeed {
            key: stringify!($key),
            title: $title,
            description: concat!($($description)?),
            anchor: $crate::tasks::templates::Anchor::$anchor,
            offset_days: $days,
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
mod event;
mod policy;
mod project;
mod service;
pub mod triggers;

pub use triggers::template_for;

use super::Priority;

/// Which end of its origin an item is dated from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// The first day.
    Start,
    /// The last day; the first where the origin has no end.
    End,
}

/// Who gets a generated task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssigneeRule {
    /// Who made the origin.
    Creator,
    /// Who leads it: lead assessor, project lead, lead author, focal person, assignee of an approval stage.
    Lead,
    /// Who organizes the event.
    Organizer,
    /// The team of the domain.
    Team,
}

/// One task to be.
#[derive(Debug, Clone, Copy)]
pub struct ItemSeed {
    /// Stable name within the template: with the origin it makes generating idempotent.
    pub key: &'static str,
    /// The title of the task; `{name}` stands for the title of the origin.
    pub title: &'static str,
    /// How to do it; may be empty.
    pub description: &'static str,
    /// What the offset counts from.
    pub anchor: Anchor,
    /// Days from there to the due date, negative before it.
    pub offset_days: i32,
    /// How it ranks.
    pub priority: Priority,
    /// Estimated hours, in hundredths.
    pub hours_hundredths: u32,
    /// The phase of the work, or empty.
    pub phase: &'static str,
    /// Who gets it.
    pub role: AssigneeRule,
    /// Keys of the items that must be done before.
    pub prerequisites: &'static [&'static str],
}

/// One template.
#[derive(Debug, Clone, Copy)]
pub struct TemplateSeed {
    /// Unique name, by which it is looked up.
    pub name: &'static str,
    /// What people read.
    pub title: &'static str,
    /// When it is used.
    pub description: &'static str,
    /// The domain of its tasks.
    pub domain: &'static str,
    /// Its tasks, in order.
    pub items: &'static [ItemSeed],
}

impl Anchor {
    /// Both anchors.
    pub const ALL: [Self; 2] = [Self::Start, Self::End];

    /// The value that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }

    /// The anchor stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|anchor| anchor.as_str() == text)
    }
}

impl AssigneeRule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::Creator, Self::Lead, Self::Organizer, Self::Team];

    /// The value that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Lead => "lead",
            Self::Organizer => "organizer",
            Self::Team => "team",
        }
    }

    /// The rule stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// Every template, in the order in which they are listed.
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

/// The template called `name`.
pub fn find(name: &str) -> Option<&'static TemplateSeed> {
    all().find(|template| template.name == name)
}

/// The title of a task: `{name}` becomes the title of the origin.
pub fn fill(title: &str, origin_title: &str) -> String {
    title.replace("{name}", origin_title)
}

#[cfg(test)]
mod tests;

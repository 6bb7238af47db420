//! Tasks: their states, progress, dependencies, order on the board, and the templates they are generated from.

pub mod actions;
pub mod dependencies;
pub mod progress;
pub mod rank;
pub mod states;
pub mod templates;

pub use states::TaskStatus;

use crate::registry::Record;

/// Whether there is still something to do of a task.
#[must_use]
pub fn is_open(task: &Record) -> bool {
    TaskStatus::parse(task.state()).map_or(true, TaskStatus::is_open)
}

/// The one scale of priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// When there is time.
    Low,
    /// The usual.
    Medium,
    /// Before the usual.
    High,
    /// Before everything else.
    Critical,
}

impl Priority {
    /// Every priority, from low to critical.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The value that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The priority stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices;

    #[test]
    fn priorities_equal_the_list_of_choices() {
        let values: Vec<_> = choices::PRIORITIES.iter().map(|choice| choice.value).collect();
        assert_eq!(values, Priority::ALL.map(Priority::as_str));
        assert_eq!(Priority::parse("critical"), Some(Priority::Critical));
        assert_eq!(Priority::parse("urgent"), None);
        assert!(Priority::High < Priority::Critical);
    }
}

//! Tasks: their states, progress, dependencies, order on the board, and the templates they are generated from.

pub mod actions;
pub mod dependencies;
pub mod progress;
pub mod quick;
pub mod rank;
pub mod schedule;
pub mod states;
pub mod templates;
pub mod workload;

pub use states::TaskStatus;

use crate::registry::Record;

/// Returns true if the task is neither completed nor cancelled.
#[must_use]
pub fn is_open(task: &Record) -> bool {
    TaskStatus::parse(task.state()).map_or(true, TaskStatus::is_open)
}

/// Priority scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// When there is time.
    Low,
    /// Normal.
    Medium,
    /// Before normal ones.
    High,
    /// Before all others.
    Critical,
}

impl Priority {
    /// Every priority, from low to critical.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Returns the priority stored as `text`.
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

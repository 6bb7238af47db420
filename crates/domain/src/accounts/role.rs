//! The six roles.

use std::fmt;

/// Role of a person. A person has any number of roles; without one, nothing is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Manages the installation: accounts, settings, overrides.
    Admin,
    /// Manages the work of the office.
    Coordinator,
    /// Reviews and enacts budgets, manages ceilings and tranches.
    BudgetOfficer,
    /// Gives the executive approval.
    Executive,
    /// Member of staff.
    Staff,
    /// Focal person of a ministry, local government or community.
    Partner,
}

impl Role {
    /// Every role, from the widest to the narrowest.
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::Coordinator, Self::BudgetOfficer, Self::Executive, Self::Staff, Self::Partner];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Coordinator => "coordinator",
            Self::BudgetOfficer => "budget_officer",
            Self::Executive => "executive",
            Self::Staff => "staff",
            Self::Partner => "partner",
        }
    }

    /// Returns the label on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Admin => "Administrator",
            Self::Coordinator => "Coordinator",
            Self::BudgetOfficer => "Budget officer",
            Self::Executive => "Executive",
            Self::Staff => "Staff",
            Self::Partner => "Partner",
        }
    }

    /// Returns the role stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_parsed_from_its_stored_value() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("Admin"), None);
        assert_eq!(Role::parse(""), None);
    }
}

//! Areas of the policy table.

/// Area of a kind. Each kind belongs to exactly one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// Events, tasks, engagements, bookings, leave and other requests.
    Work,
    /// Needs, communities, assessments, surveys, workshops, mapping.
    Field,
    /// PPAs, projects, policies, services, partnerships.
    Programme,
    /// Tranches, ceilings, scenarios.
    Money,
    /// Regions to barangays, organizations, teams, resources, task templates.
    Reference,
    /// Users and their roles; the right to view includes names for pick lists.
    Accounts,
    /// Change log.
    Audit,
    /// Personal records: feeds, shares and saved views.
    Personal,
    /// Settings of the installation.
    Settings,
    /// Alerts and reports.
    Oversight,
}

impl Area {
    /// Every area.
    pub const ALL: [Self; 10] = [
        Self::Work,
        Self::Field,
        Self::Programme,
        Self::Money,
        Self::Reference,
        Self::Accounts,
        Self::Audit,
        Self::Personal,
        Self::Settings,
        Self::Oversight,
    ];

    /// Returns the label on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Work => "Work",
            Self::Field => "Field",
            Self::Programme => "Programme",
            Self::Money => "Money",
            Self::Reference => "Reference",
            Self::Accounts => "Accounts",
            Self::Audit => "Audit",
            Self::Personal => "Personal",
            Self::Settings => "Settings",
            Self::Oversight => "Oversight",
        }
    }

    /// Contents of the area, in a sentence.
    pub const fn contents(self) -> &'static str {
        match self {
            Self::Work => "Events, tasks, engagements, action items, bookings, leave.",
            Self::Field => "Needs, communities, assessments, surveys, workshops, mapping, baseline studies.",
            Self::Programme => {
                "PPAs, projects, policies, services, applications, partnerships, reports of ministries."
            }
            Self::Money => "Tranches, ceilings, scenarios.",
            Self::Reference => "Regions to barangays, organizations, teams, resources, task templates.",
            Self::Accounts => "Users and their roles; to view means to see names.",
            Self::Audit => "The log over everything.",
            Self::Personal => "Feeds, share links and saved views of one's own.",
            Self::Settings => "Settings of the installation.",
            Self::Oversight => "Alerts and reports.",
        }
    }
}

//! Partnerships and engagements.

use super::TemplateSeed;

/// Templates of partnerships, from their start, and of engagements, around their day.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "partnership_negotiation",
        title: "Partnership",
        description: "For a partnership, from the first talk to the signature.",
        domain: "coordination",
        items: items! {
            "" {
                scout_partners: "Find out who could join {name}", Start 0, High 8, Lead, [];
                meet_first: "Meet for the first time", Start 7, High 4, Lead, [scout_partners];
                write_proposal: "Write the proposal", Start 10, High 12, Lead, [];
                negotiate: "Negotiate the terms", Start 14, Critical 16, Lead, [write_proposal];
                draft_agreement: "Draft the agreement", Start 21, High 12, Team, [negotiate];
                check_and_sign: "Have the agreement checked by a lawyer and signed", Start 28, Critical 8, Lead,
                    [draft_agreement];
            }
        },
    },
    TemplateSeed {
        name: "engagement_standard",
        title: "Stakeholder engagement",
        description: "For an engagement with a community.",
        domain: "coordination",
        items: items! {
            "" {
                plan_engagement: "Plan {name} with the community", Start -10, High 4, Lead, [];
                invite: "Invite the stakeholders", Start -7, High 3, Team, [];
                prepare_materials: "Prepare methods and materials", Start -3, Medium 6, Team, [plan_engagement];
                hold_engagement: "Hold {name}", End 0 Exact, High 8, Lead, [];
                write_record: "Write down attendance and outcomes", End 2, High 4, Team, [hold_engagement];
                report_back: "Report back to the community", End 14, Medium 4, Lead, [write_record];
            }
        },
    },
];

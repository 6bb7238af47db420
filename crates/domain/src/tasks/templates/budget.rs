//! PPAs: budget cycle, community requests, and approval stages.

use super::TemplateSeed;

/// Templates of the budget; the phase is the role: lead, contributor, reviewer or monitor.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "ppa_budget_cycle",
        title: "Budget cycle of a PPA",
        description: "For a programme, project or activity, over its budget year.",
        domain: "monitoring",
        items: items! {
            "lead" {
                write_proposal: "Write the budget proposal of {name}", Start 0, High 16, Lead, [];
                write_justification: "Write the justification", Start 5, High 12, Lead, [];
            }
            "reviewer" {
                check_alignment: "Check alignment with plans and priorities", Start 8, Medium 8, Team, [];
            }
            "lead" {
                submit: "Submit to the DBM through the Office of the Chief Minister", Start 12, Critical 4, Lead,
                    [write_proposal, write_justification];
            }
            "contributor" {
                prepare_hearing: "Prepare the papers for the hearing", Start 30, High 16, Team, [];
            }
            "lead" {
                attend_hearing: "Attend the technical hearing", Start 45, Critical 8, Lead, [prepare_hearing];
                revise: "Revise the proposal after the hearing", Start 48, High 12, Lead, [attend_hearing];
            }
            "monitor" {
                track_allocation: "Track the allocation", Start 90, Medium 8, Team, [];
                watch_utilisation: "Monitor the use of funds", Start 120, High 12, Team, [];
            }
            "lead" {
                report_accountability: "Write the accountability report on {name}", Start 350, High 16, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "ppa_technical_hearing",
        title: "Technical hearing of a PPA",
        description: "For the days before a technical hearing.",
        domain: "monitoring",
        items: items! {
            "contributor" {
                gather_performance: "Gather the performance data of {name}", Start 0, High 12, Team, [];
            }
            "lead" {
                make_slides: "Make the slides", Start 3, High 16, Lead, [gather_performance];
            }
            "contributor" {
                prepare_answers: "Prepare answers to likely questions", Start 5, High 12, Team, [];
            }
            "lead" {
                rehearse: "Rehearse the presentation", Start 7, Medium 4, Lead, [make_slides];
            }
            "contributor" {
                print_papers: "Print the papers", Start 8, Medium 4, Team, [make_slides];
            }
        },
    },
    TemplateSeed {
        name: "ppa_outcome_monitoring",
        title: "Outcome monitoring of a PPA",
        description: "For measuring the outcomes of a PPA.",
        domain: "monitoring",
        items: items! {
            "lead" {
                define_indicators: "Define the outcome indicators of {name}", Start 0, High 8, Lead, [];
            }
            "contributor" {
                set_up_collection: "Set up how data is collected", Start 5, High 12, Team, [define_indicators];
            }
            "monitor" {
                collect_quarterly: "Collect the data of the quarter", Start 30, High 16, Team, [set_up_collection];
            }
            "lead" {
                analyse: "Analyse the outcomes", Start 95, High 12, Lead, [collect_quarterly];
                write_report: "Write the outcome report", Start 100, High 16, Lead, [analyse];
            }
            "reviewer" {
                validate: "Validate the report with the partners", Start 105, Medium 8, Team, [write_report];
            }
            "lead" {
                adjust: "Adjust the PPA", Start 110, High 12, Lead, [analyse];
            }
        },
    },
    TemplateSeed {
        name: "obc_request",
        title: "Request of a community",
        description: "For a community request, until it is answered.",
        domain: "monitoring",
        items: items! {
            "reviewer" {
                acknowledge: "Acknowledge the request {name}", Start 1, High 1, Team, [];
                check_request: "Check the request with the community", Start 5, High 4, Team, []
                    "Record who asks, for how many people, earlier attempts, and who could help.";
            }
            "lead" {
                find_ministry: "Find the ministry or programme that can help", Start 8, High 4, Lead, [check_request];
                endorse: "Endorse the request", Start 12, High 3, Lead, [find_ministry];
            }
            "monitor" {
                follow_endorsement: "Follow up on the endorsement", Start 26, Medium 2, Team, [endorse];
                answer_community: "Give the community an answer", Start 30, Critical 2, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "approval_technical_review",
        title: "Approval: technical review",
        description: "For the first stage of budget approval.",
        domain: "monitoring",
        items: items! {
            "reviewer" {
                review_design: "Review the design of {name}", Start 5, High 8, Lead, []
                    "Objectives, slots for communities, sector, lead organization, outcome framework.";
            }
        },
    },
    TemplateSeed {
        name: "approval_budget_review",
        title: "Approval: budget review",
        description: "For the second stage of budget approval.",
        domain: "monitoring",
        items: items! {
            "reviewer" {
                review_budget: "Review the budget of {name}", Start 5, High 8, Lead, []
                    "Amount, source, class, cost per beneficiary, and the ceilings of the year.";
            }
        },
    },
    TemplateSeed {
        name: "approval_stakeholder_consultation",
        title: "Approval: stakeholder consultation",
        description: "For the third stage of budget approval.",
        domain: "monitoring",
        items: items! {
            "reviewer" {
                consult_stakeholders: "Consult communities and ministries on {name}", Start 10, High 16, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "approval_executive_approval",
        title: "Approval: executive approval",
        description: "For the fourth stage of budget approval.",
        domain: "monitoring",
        items: items! {
            "approver" {
                assemble_package: "Assemble the executive package of {name}", Start 3, Critical 6, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "approval_enactment",
        title: "Approval: enactment",
        description: "For the last stage of budget approval.",
        domain: "monitoring",
        items: items! {
            "approver" {
                confirm_enactment: "Confirm that {name} is in the enacted budget", Start 15, High 4, Lead, [];
            }
        },
    },
];

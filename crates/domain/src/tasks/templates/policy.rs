//! Policy recommendations.

use super::TemplateSeed;

/// Templates from the issue to the impact.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "policy_development_full_cycle",
        title: "Policy recommendation, full cycle",
        description: "For a recommendation from the issue to the decision.",
        domain: "policy",
        items: items! {
            "drafting" {
                define_issue: "Define the issue of {name}", Start 0, High 8, Lead, [];
            }
            "evidence_collection" {
                compare_options: "Compare the options", Start 3, High 16, Team, [define_issue];
                gather_evidence: "Gather the evidence", Start 7, High 24, Team, [define_issue]
                    "Link assessments and needs rather than copying their figures.";
            }
            "drafting" {
                collect_positions: "Collect the positions of stakeholders", Start 12, High 12, Team, [];
                write_first_draft: "Write the first draft", Start 15, High 20, Lead, [gather_evidence];
            }
            "review" {
                review_internally: "Review the draft in the office", Start 20, High 8, Team, [write_first_draft];
                revise: "Revise the draft", Start 22, Medium 12, Lead, [review_internally];
            }
            "drafting" {
                write_brief: "Write the policy brief", Start 25, High 8, Lead, [write_first_draft];
            }
            "consultation" {
                consult: "Consult the communities concerned", Start 28, Critical 16, Team, [write_first_draft];
                digest_feedback: "Summarize the comments", Start 32, High 12, Team, [consult];
            }
            "drafting" {
                write_final_text: "Write the final text", Start 35, High 16, Lead, [digest_feedback];
            }
            "submission" {
                package: "Prepare the submission", Start 40, High 8, Team, [write_final_text];
                submit: "Submit {name} to the Office of the Chief Minister", Start 42, Critical 4, Lead, [package];
                answer_queries: "Answer queries", Start 50, High 12, Lead, [submit];
            }
            "monitoring" {
                track_decision: "Track the decision on {name}", Start 55, Medium 8, Lead, [submit];
            }
        },
    },
    TemplateSeed {
        name: "policy_review_cycle",
        title: "Review of a policy text",
        description: "For the review of a text by a colleague.",
        domain: "policy",
        items: items! {
            "review" {
                review_text: "Review the text of {name}", Start 0, High 8, Lead, [];
                verify_sources: "Verify the sources", Start 2, Medium 6, Team, [];
                give_feedback: "Give feedback to the author", Start 4, High 4, Lead, [review_text];
                recheck: "Check the changed text", Start 7, Medium 4, Lead, [give_feedback];
                approve: "Approve the text", Start 9, Critical 2, Lead, [recheck];
            }
        },
    },
    TemplateSeed {
        name: "policy_implementation",
        title: "Implementation of a policy",
        description: "For an approved policy.",
        domain: "policy",
        items: items! {
            "implementation" {
                plan_implementation: "Plan how to carry out {name}", Start 0, High 16, Lead, [];
                bring_in_partners: "Involve the implementing partners", Start 5, High 8, Lead, [];
                orient: "Explain the policy to those who carry it out", Start 10, High 8, Team, [plan_implementation];
                carry_out: "Carry out the first measures", Start 14, Critical 40, Team, [plan_implementation];
            }
            "monitoring" {
                monitor: "Monitor the measures", Start 30, High 20, Team, [];
                measure_impact: "Measure the impact", Start 60, High 24, Team, [];
                write_report: "Write the report", Start 90, High 16, Lead, [measure_impact];
                adjust: "Adjust the policy", Start 100, Medium 12, Lead, [write_report];
            }
        },
    },
    TemplateSeed {
        name: "policy_milestone",
        title: "Milestone of a policy",
        description: "One task, due on the day of the milestone.",
        domain: "policy",
        items: items! {
            "implementation" {
                reach_milestone: "Reach the milestone {name}", Start 0 Before, Medium 8, Lead, [];
            }
        },
    },
];

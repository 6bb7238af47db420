//! Services and applications for them.

use super::TemplateSeed;

/// Templates from the offer to the report on its outcome.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "service_offering_setup",
        title: "Setting up a service",
        description: "For a new service, until applications arrive.",
        domain: "services",
        items: items! {
            "setup" {
                set_parameters: "Define what {name} offers and to whom", Start 0, High 8, Lead, [];
                prepare_forms: "Prepare the application forms", Start 3, High 8, Team, [set_parameters];
                set_criteria: "Define the criteria", Start 5, High 6, Lead, [set_parameters];
                secure_budget: "Secure the budget", Start 7, Critical 4, Lead, [];
                write_guidelines: "Write the guidelines", Start 9, High 12, Team, [set_criteria];
                launch: "Launch {name}", Start 14, High 6, Lead, [prepare_forms, secure_budget];
            }
        },
    },
    TemplateSeed {
        name: "application_review_process",
        title: "Review of an application",
        description: "For an application that was submitted.",
        domain: "services",
        items: items! {
            "application_review" {
                check_completeness: "Check that the application of {name} is complete", Start 0, High 2, Team, [];
                check_eligibility: "Check whether the applicant is eligible", Start 1, High 3, Team, [check_completeness];
                evaluate: "Evaluate the application", Start 3, High 4, Lead, [check_eligibility];
                notify: "Inform the applicant of the decision", Start 7, High 2, Lead, [evaluate];
            }
        },
    },
    TemplateSeed {
        name: "service_delivery",
        title: "Delivery of a service",
        description: "For an application that was approved.",
        domain: "services",
        items: items! {
            "delivery" {
                prepare_delivery: "Prepare the delivery to {name}", Start 0, High 6, Team, [];
                deliver: "Deliver the service", Start 3, Critical 8, Team, [prepare_delivery];
                document_delivery: "Document the delivery", Start 4, High 3, Team, [deliver];
            }
            "followup" {
                check_beneficiary: "Ask the beneficiary for feedback", Start 14, Medium 4, Team, [deliver];
            }
            "reporting" {
                report_outcome: "Report on the outcome", Start 30, Medium 6, Lead, [check_beneficiary];
            }
        },
    },
];

//! Nine stages of a project. The base day is the day on which the project enters the stage.

use super::TemplateSeed;

/// One template per stage, named `project_` and the stage.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "project_need_identification",
        title: "Project stage: need identification",
        description: "When a project begins with a need.",
        domain: "project_central",
        items: items! {
            "" {
                describe_need: "Describe the need behind {name}", Start 5, High 4, Lead, []
                    "State who is affected, how many, how severely, and the source.";
                meet_community: "Discuss it with the community", Start 7, Medium 4, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "project_need_validation",
        title: "Project stage: need validation",
        description: "When the need is to be validated.",
        domain: "project_central",
        items: items! {
            "" {
                check_need: "Check data, evidence and score of the need", Start 7, High 6, Lead, [];
                rule_out_duplicates: "Check that the need is not recorded twice", Start 3, Medium 2, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "project_policy_linkage",
        title: "Project stage: policy linkage",
        description: "When the project is linked to policy recommendations.",
        domain: "project_central",
        items: items! {
            "" {
                find_policies: "Find the recommendations that match", Start 5, High 4, Lead, [];
                link_policies: "Record the links", Start 2, Medium 1, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "project_mao_coordination",
        title: "Project stage: MAO coordination",
        description: "When a ministry, agency or office is assigned to the project.",
        domain: "project_central",
        items: items! {
            "" {
                pick_mao: "Pick the ministry, agency or office responsible", Start 3, High 3, Lead, [];
                contact_focal_person: "Contact its focal person", Start 7, High 3, Lead, [pick_mao];
                get_commitment: "Get its commitment in writing", Start 14, High 6, Lead, [contact_focal_person];
            }
        },
    },
    TemplateSeed {
        name: "project_budget_planning",
        title: "Project stage: budget planning",
        description: "When the PPA and its budget are created.",
        domain: "project_central",
        items: items! {
            "" {
                create_ppa: "Create the PPA of {name}", Start 7, Critical 8, Lead, [];
                write_justification: "Write the budget justification", Start 10, High 8, Lead, [];
                choose_source: "Choose the funding source", Start 5, High 3, Lead, [];
                check_ceilings: "Check the ceilings", Start 2, High 2, Lead, [];
                compute_cost: "Compute the cost per beneficiary", Start 3, Medium 2, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "project_approval",
        title: "Project stage: approval",
        description: "When the PPA goes through its five stages of approval.",
        domain: "project_central",
        items: items! {
            "" {
                submit_technical: "Submit to technical review", Start 3, Critical 2, Lead, [];
                answer_remarks: "Answer the remarks of the review", Start 5, High 6, Lead, [];
                submit_budget: "Submit to budget review", Start 3, Critical 2, Lead, [];
                consult: "Consult the stakeholders if that is required", Start 14, High 12, Lead, [];
                assemble_package: "Assemble the package for the executive", Start 5, Critical 6, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "project_implementation",
        title: "Project stage: implementation",
        description: "When the work begins.",
        domain: "project_central",
        items: items! {
            "" {
                plan_in_detail: "Plan the implementation of {name} in detail", Start 7, High 12, Lead, [];
                assign_responsibilities: "Assign responsibilities", Start 5, High 4, Lead, [];
                record_obligation: "Record the first obligation", Start 2, High 2, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "project_monitoring",
        title: "Project stage: monitoring and evaluation",
        description: "When the results are monitored.",
        domain: "project_central",
        items: items! {
            "" {
                set_up_collection: "Set up how data on {name} is collected", Start 7, High 8, Lead, [];
                schedule_reviews: "Add the quarterly reviews to the calendar", Start 3, Medium 2, Lead, [];
            }
        },
    },
    TemplateSeed {
        name: "project_completion",
        title: "Project stage: completion",
        description: "When the project is closed.",
        domain: "project_central",
        items: items! {
            "" {
                evaluate: "Evaluate {name} as a whole", Start 14, High 16, Lead, [];
                reconcile_money: "Reconcile the accounts", Start 10, High 8, Lead, [];
                write_lessons: "Write down the lessons learned", Start 7, Medium 4, Lead, [];
                update_costs: "Update the database of unit costs", Start 3, Medium 2, Lead, [];
            }
        },
    },
];

//! Assessment methods that take days, and surveys.

use super::TemplateSeed;

/// Templates of four short assessments and the survey.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "mana_assessment_kii",
        title: "Assessment by interviews",
        description: "For an assessment based on interviews with key informants.",
        domain: "mana",
        items: items! {
            "planning" {
                list_informants: "List the informants of {name}", Start 0, High 6, Lead, []
                    "Leaders, women, youth, teachers, health workers and people who are rarely asked.";
                write_guide: "Write the interview guide", Start 2, High 8, Lead, [];
                make_appointments: "Make the appointments", Start 5, Medium 4, Team, [list_informants];
            }
            "data_collection" {
                interview: "Hold the interviews", Start 10, High 32, Team, [write_guide, make_appointments];
                transcribe: "Write up the interviews", Start 13, High 16, Team, [interview];
            }
            "analysis" {
                code_statements: "Sort the statements by theme", Start 16, High 16, Team, [transcribe];
                derive_needs: "Derive the needs", Start 18, Critical 8, Lead, [code_statements];
            }
            "report_writing" {
                write_report: "Write the report", Start 22, High 16, Team, [derive_needs];
            }
            "review" {
                check_with_informants: "Ask the informants to check their statements", Start 24, Medium 6, Team, [transcribe];
                finalise: "Finish the report of {name}", Start 26, High 4, Lead, [write_report];
            }
        },
    },
    TemplateSeed {
        name: "mana_assessment_workshop",
        title: "Assessment by workshops",
        description: "For an assessment through a series of workshops with a community.",
        domain: "mana",
        items: items! {
            "planning" {
                plan_series: "Plan the workshops of {name}", Start 0, High 8, Lead, [];
                name_facilitators: "Name facilitators and documenters", Start 2, High 4, Lead, [];
                invite_participants: "Invite the participants", Start 5, High 6, Team, [plan_series]
                    "Ask for women, youth, elders and every sitio to be there.";
                prepare_materials: "Prepare the materials", Start 8, High 12, Team, [plan_series];
                arrange_logistics: "Arrange place, food and transport", Start 10, Medium 8, Team, [];
            }
            "data_collection" {
                hold_workshops: "Hold the workshops", Start 14, Critical 40, Lead, [prepare_materials];
                record_outputs: "Record the outputs of each day", Start 16, High 12, Team, [hold_workshops];
            }
            "analysis" {
                bring_together: "Consolidate the outputs", Start 20, High 16, Team, [record_outputs];
                derive_needs: "Derive and rank the needs", Start 23, Critical 12, Lead, [bring_together];
            }
            "report_writing" {
                write_report: "Write the report", Start 28, High 20, Team, [derive_needs];
            }
            "review" {
                return_results: "Take the results back to the community", Start 32, High 8, Team, [write_report];
                finalise: "Finish the report of {name}", Start 35, High 4, Lead, [return_results];
            }
        },
    },
    TemplateSeed {
        name: "mana_assessment_observation",
        title: "Assessment by observation",
        description: "For an assessment based on observation on site.",
        domain: "mana",
        items: items! {
            "planning" {
                write_checklist: "Write the checklist of {name}", Start 0, High 6, Lead, [];
                ask_leave: "Ask the community for permission to visit", Start 2, High 3, Team, [];
            }
            "data_collection" {
                visit: "Visit and observe", Start 7, High 24, Team, [write_checklist, ask_leave];
                take_pictures: "Take pictures and positions", Start 7, Medium 6, Team, [];
                write_notes: "Write up the notes", Start 9, High 8, Team, [visit];
            }
            "analysis" {
                compare: "Compare the observations with the records", Start 12, Medium 8, Team, [write_notes];
                derive_needs: "Derive the needs", Start 14, Critical 8, Lead, [write_notes];
            }
            "report_writing" {
                write_report: "Write the report", Start 17, High 12, Team, [derive_needs];
            }
            "review" {
                finalise: "Finish the report of {name}", Start 20, High 4, Lead, [write_report];
            }
        },
    },
    TemplateSeed {
        name: "mana_assessment_basic",
        title: "Assessment, basic steps",
        description: "For an assessment by a method that has no template of its own.",
        domain: "mana",
        items: items! {
            "planning" {
                plan_assessment: "Plan {name}", Start 0, High 8, Lead, [];
                prepare_tools: "Prepare the tools", Start 4, High 8, Team, [plan_assessment];
            }
            "data_collection" {
                collect_data: "Collect the data", Start 10, High 24, Team, [prepare_tools];
            }
            "analysis" {
                analyse: "Analyse the data and derive the needs", Start 16, Critical 16, Lead, [collect_data];
            }
            "report_writing" {
                write_report: "Write the report", Start 21, High 16, Team, [analyse];
            }
            "review" {
                finalise: "Review and finish the report", Start 25, High 6, Lead, [write_report];
            }
        },
    },
    TemplateSeed {
        name: "survey_standard",
        title: "Survey",
        description: "For a survey and its fieldwork.",
        domain: "mana",
        items: items! {
            "planning" {
                finish_questionnaire: "Finish the questionnaire of {name}", Start -10, High 8, Lead, [];
                inform_communities: "Inform the communities of the survey", Start -7, Medium 4, Team, [];
                train_enumerators: "Train the enumerators", Start -3, High 8, Lead, [finish_questionnaire];
            }
            "data_collection" {
                begin_fieldwork: "Begin {name} in the field", Start 0, High 8, Team, [train_enumerators];
                check_forms: "Check the first filled forms", Start 2, High 4, Lead, [begin_fieldwork];
                close_fieldwork: "Close the fieldwork", End 0, High 4, Team, [begin_fieldwork]
                    "Compare the number of answers with the target, place by place.";
            }
            "analysis" {
                clean_data: "Clean the answers", End 4, High 12, Team, [close_fieldwork];
                compute_results: "Compute the results", End 8, High 16, Team, [clean_data];
            }
            "report_writing" {
                write_report: "Write the report on {name}", End 14, Medium 12, Lead, [compute_results];
            }
        },
    },
];

//! Assessments by their main method, and baseline studies.

use super::TemplateSeed;

/// Templates of long methods; the four short ones are in `assessment_short.rs`.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "mana_assessment_full_cycle",
        title: "Assessment, full cycle",
        description: "For an assessment with mixed methods, from the team to the signed report.",
        domain: "mana",
        items: items! {
            "planning" {
                form_team: "Form the team of {name}", Start 0, High 8, Lead, []
                    "Appoint a leader, field staff and a documenter, and assign their duties.";
                choose_methodology: "Agree on the methods", Start 3, High 16, Lead, []
                    "State which question each method answers and how many people are asked.";
                prepare_tools: "Prepare questionnaires and guides", Start 5, High 12, Team, [choose_methodology];
                schedule_visits: "Agree on dates for the field visits", Start 7, Medium 6, Team, []
                    "Ask barangay and community leaders, and avoid prayer times and market days.";
                orient_team: "Brief the team on methods and conduct", Start 10, High 4, Lead, [form_team, prepare_tools];
            }
            "data_collection" {
                run_surveys: "Survey households", Start 14, High 40, Team, [prepare_tools];
                interview_informants: "Interview key informants", Start 14, High 24, Team, [prepare_tools];
                hold_focus_groups: "Hold focus group discussions", Start 17, High 16, Team, [prepare_tools]
                    "Form separate groups for women, youth and elders where this helps people speak.";
                map_community: "Map the community with its people", Start 20, Medium 16, Team, [schedule_visits];
                gather_baseline: "Gather baseline figures", Start 21, High 20, Team, [schedule_visits];
                file_field_notes: "Write up and file the field notes", Start 24, Medium 12, Team, [];
            }
            "analysis" {
                clean_data: "Clean the collected data", Start 28, High 16, Team, [run_surveys, gather_baseline];
                analyse_numbers: "Analyse the figures", Start 30, High 24, Team, [clean_data];
                analyse_statements: "Analyse interviews and discussions", Start 32, High 20, Team,
                    [interview_informants, hold_focus_groups];
                derive_needs: "Derive the needs", Start 35, Critical 16, Lead, [analyse_numbers, analyse_statements]
                    "Record each one as a need of its community, with the evidence for it.";
                rank_needs: "Rank the needs", Start 37, High 12, Lead, [derive_needs];
                validate_findings: "Check the findings with the stakeholders", Start 40, High 8, Lead, [rank_needs];
            }
            "report_writing" {
                write_summary: "Write the summary", Start 42, High 8, Lead, [];
                write_methods: "Write the chapter on methods", Start 43, Medium 8, Team, [];
                write_findings: "Write the chapters on findings", Start 44, High 24, Team, [derive_needs];
                draw_charts: "Draw charts and maps", Start 47, Medium 12, Team, [analyse_numbers];
                write_recommendations: "Write the recommendations", Start 49, Critical 16, Lead, [validate_findings];
                assemble_draft: "Assemble the draft report", Start 52, Medium 8, Team,
                    [write_summary, write_methods, write_findings, draw_charts, write_recommendations];
            }
            "review" {
                review_internally: "Review the draft in the office", Start 54, High 12, Team, [assemble_draft];
                work_in_feedback: "Include the review comments", Start 56, High 16, Team, [review_internally];
                sign_off: "Sign off the report of {name}", Start 60, Critical 4, Lead, [work_in_feedback];
            }
        },
    },
    TemplateSeed {
        name: "mana_assessment_desk_review",
        title: "Assessment by desk review",
        description: "For an assessment from existing documents.",
        domain: "mana",
        items: items! {
            "planning" {
                set_scope: "Set the scope of {name}", Start 0, High 4, Lead, []
                    "State the places, years and questions to cover.";
            }
            "data_collection" {
                collect_sources: "Collect secondary sources", Start 2, High 12, Team, [set_scope];
                collect_reports: "Get the reports of government offices", Start 5, Medium 16, Team, [set_scope];
                read_literature: "Read the literature", Start 5, Medium 16, Team, [set_scope];
                extract_data: "Extract data and quotations", Start 8, High 12, Team, [collect_sources];
            }
            "analysis" {
                synthesise: "Consolidate the findings", Start 10, High 20, Lead, [extract_data];
                name_gaps: "List the gaps in the sources", Start 13, Medium 8, Lead, [synthesise];
            }
            "report_writing" {
                write_draft: "Write the draft report", Start 15, High 16, Team, [synthesise];
            }
            "review" {
                peer_check: "Have a colleague review the draft", Start 18, Medium 8, Team, [write_draft];
                finalise: "Finish the report of {name}", Start 20, High 4, Lead, [peer_check];
            }
        },
    },
    TemplateSeed {
        name: "mana_assessment_survey",
        title: "Assessment by survey",
        description: "For an assessment based on a survey of households or people.",
        domain: "mana",
        items: items! {
            "planning" {
                design_questionnaire: "Design the questionnaire of {name}", Start 0, High 12, Lead, [];
                draw_sample: "Decide on the sample", Start 2, High 8, Lead, []
                    "Document how places and households are selected, and how many.";
                pilot: "Pilot the questionnaire", Start 5, Medium 8, Team, [design_questionnaire];
                revise_questionnaire: "Revise the questionnaire", Start 7, Medium 6, Lead, [pilot];
                train_enumerators: "Train the enumerators", Start 9, High 8, Lead, [design_questionnaire];
            }
            "data_collection" {
                arrange_visits: "Arrange the visits with the communities", Start 10, Medium 6, Team, [];
                run_survey: "Run the survey", Start 12, High 40, Team, [revise_questionnaire, train_enumerators];
                watch_quality: "Check filled forms while the survey runs", Start 14, Medium 8, Lead, [];
                enter_data: "Enter the answers", Start 20, High 20, Team, [run_survey];
            }
            "analysis" {
                clean_data: "Clean the data", Start 23, High 12, Team, [enter_data];
                compute_statistics: "Compute the statistics", Start 25, High 24, Team, [clean_data];
                make_tables: "Make tables and charts", Start 28, Medium 12, Team, [compute_statistics];
            }
            "report_writing" {
                write_report: "Write the report", Start 30, High 16, Team, [compute_statistics];
            }
            "review" {
                review_report: "Review the report", Start 33, Medium 8, Lead, [write_report];
                finalise: "Finish the report of {name}", Start 35, High 6, Lead, [review_report];
            }
        },
    },
    TemplateSeed {
        name: "mana_assessment_participatory",
        title: "Participatory assessment",
        description: "For an assessment that the community does together with the office.",
        domain: "mana",
        items: items! {
            "planning" {
                plan_approach: "Plan the approach of {name}", Start 0, High 8, Lead, [];
                pick_facilitators: "Pick the facilitators", Start 2, High 6, Lead, []
                    "At least one of them speaks the language of the community.";
                prepare_tools: "Prepare the exercises and materials", Start 4, High 12, Team, [plan_approach];
                train_facilitators: "Train the facilitators", Start 7, High 8, Lead, [pick_facilitators, prepare_tools];
                mobilise_community: "Invite the community", Start 9, Medium 8, Team, [];
            }
            "data_collection" {
                draw_community_map: "Draw the map of the community", Start 12, High 12, Team, [mobilise_community];
                rank_needs: "Have the community rank its needs", Start 14, High 8, Team, [mobilise_community];
                draw_problem_tree: "Draw the problem tree", Start 16, Medium 8, Team, [];
                draw_seasonal_calendar: "Draw the calendar of the seasons", Start 18, Medium 6, Team, [];
                describe_vision: "Describe the goals of the community", Start 20, Medium 8, Team, [];
                document_exercises: "Document all exercises", Start 22, High 12, Team, [draw_community_map, rank_needs];
                hold_validation: "Hold the validation workshop", Start 25, High 8, Lead, [document_exercises];
            }
            "analysis" {
                analyse: "Analyse the results", Start 27, High 20, Lead, [document_exercises];
                triangulate: "Compare the results with other sources", Start 30, High 12, Team, [analyse];
                plan_action: "Draw up the action plan", Start 32, High 16, Lead, [analyse];
            }
            "report_writing" {
                write_draft: "Write the draft report", Start 35, High 24, Team, [analyse];
                choose_photos: "Choose photographs and drawings", Start 38, Medium 8, Team, []
                    "Only those whose people agreed to be shown.";
            }
            "review" {
                share_draft: "Give the draft to the community", Start 40, High 6, Team, [write_draft];
                work_in_feedback: "Include the feedback of the community", Start 42, High 12, Team, [share_draft];
                finalise: "Finish the report of {name}", Start 45, High 8, Lead, [work_in_feedback];
            }
        },
    },
    TemplateSeed {
        name: "mana_baseline_study",
        title: "Baseline study",
        description: "For a study of the situation of a community before a programme.",
        domain: "mana",
        items: items! {
            "planning" {
                choose_indicators: "Choose the indicators of {name}", Start 0, High 8, Lead, [];
                check_existing_data: "Review the available data", Start 2, Medium 8, Team, [choose_indicators];
                plan_study: "Plan the study", Start 5, High 12, Lead, [choose_indicators];
                prepare_tools: "Prepare the tools", Start 7, High 12, Team, [plan_study];
            }
            "data_collection" {
                collect_data: "Collect the data", Start 10, High 32, Team, [prepare_tools];
                verify_data: "Verify a sample of the data on site", Start 17, Medium 8, Lead, [collect_data];
            }
            "analysis" {
                analyse: "Analyse the data", Start 20, High 16, Team, [collect_data];
                set_benchmarks: "Set the benchmarks", Start 23, High 8, Lead, [analyse];
            }
            "report_writing" {
                write_report: "Write the report", Start 25, High 16, Team, [analyse];
                store_data: "Enter the figures in the indicator database", Start 28, Medium 12, Team, [verify_data];
            }
            "review" {
                review_report: "Review the report", Start 30, Medium 6, Lead, [write_report];
                finalise: "Finish the report of {name}", Start 32, High 4, Lead, [review_report];
            }
        },
    },
    // The base day of a workshop is the day it is held, so it is day 0 and preparation is before it.
    TemplateSeed {
        name: "mana_workshop_facilitation",
        title: "Workshop of an assessment",
        description: "For a workshop of an assessment.",
        domain: "mana",
        items: items! {
            "planning" {
                write_agenda: "Write the agenda of {name}", Start -7, High 6, Lead, [];
                prepare_materials: "Prepare the materials", Start -4, High 12, Team, [write_agenda];
            }
            "data_collection" {
                arrange_logistics: "Arrange room, food and transport", Start -2, Medium 8, Team, [];
                facilitate: "Facilitate {name}", Start 0 Exact, High 16, Lead, [prepare_materials];
            }
            "analysis" {
                record_outputs: "Record the outputs", End 1, High 8, Team, [facilitate];
            }
            "report_writing" {
                write_report: "Write the workshop report", End 3, Medium 8, Team, [record_outputs];
            }
        },
    },
];

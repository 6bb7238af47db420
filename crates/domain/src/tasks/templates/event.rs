//! Events. The event itself is day 0; invitations are before it, minutes after its end.

use super::TemplateSeed;

/// A template for every kind of event.
pub const TEMPLATES: &[TemplateSeed] = &[
    TemplateSeed {
        name: "event_meeting_standard",
        title: "Meeting",
        description: "For a meeting of an hour or a day.",
        domain: "coordination",
        items: items! {
            "" {
                set_objectives: "Set the objectives of {name}", Start -7, High 2, Organizer, [];
                write_agenda: "Write the agenda", Start -6, High 3, Organizer, [set_objectives];
                invite: "Invite the participants", Start -5, Medium 4, Organizer, [];
                prepare_papers: "Prepare the papers", Start -3, Medium 6, Team, [write_agenda];
                arrange_logistics: "Arrange room, equipment and food", Start -1, Medium 3, Team, [];
                run_event: "Run {name}", End 0 Exact, High 4, Organizer, [];
                write_minutes: "Write the minutes of {name}", End 1, High 4, Organizer, [run_event];
                follow_up: "Follow up what was agreed", End 7, Medium 6, Organizer, [write_minutes];
            }
        },
    },
    TemplateSeed {
        name: "event_workshop_full",
        title: "Workshop",
        description: "For a workshop with participants from outside.",
        domain: "coordination",
        items: items! {
            "" {
                set_objectives: "Set the objectives of {name}", Start -20, High 4, Organizer, [];
                design_programme: "Design the sessions", Start -18, High 12, Organizer, [set_objectives];
                find_resource_persons: "Engage the resource persons", Start -15, High 6, Organizer, [];
                prepare_materials: "Prepare the materials", Start -13, High 16, Team, [design_programme];
                book_venue: "Book the venue", Start -10, Medium 6, Team, [];
                send_invitations: "Send the invitations", Start -8, Medium 8, Team, [];
                settle_logistics: "Confirm the logistics", Start -2, High 8, Team, [book_venue];
                brief_team: "Brief facilitators and helpers", Start -1, Medium 4, Organizer, [];
                run_event: "Run {name}", End 0 Exact, Critical 24, Organizer, [];
                collect_feedback: "Collect the feedback forms", End 2, Medium 4, Team, [run_event];
                write_report: "Write the report on {name}", End 3, High 12, Organizer, [run_event];
                follow_up: "Follow up with the participants", End 8, Medium 6, Organizer, [write_report];
            }
        },
    },
    TemplateSeed {
        name: "event_conference_full",
        title: "Conference",
        description: "For a conference, two months ahead.",
        domain: "coordination",
        items: items! {
            "" {
                form_committee: "Form the committee for {name}", Start -60, High 4, Organizer, [];
                choose_theme: "Choose the theme", Start -58, High 8, Organizer, [form_committee];
                draft_programme: "Draft the programme", Start -55, High 20, Organizer, [choose_theme];
                win_keynotes: "Engage the keynote speakers", Start -50, Critical 12, Organizer, [choose_theme];
                call_for_papers: "Call for papers", Start -45, High 8, Team, [choose_theme];
                select_presenters: "Select the presenters", Start -30, High 16, Organizer, [call_for_papers];
                book_venue: "Book the venue", Start -40, Critical 8, Team, [];
                plan_logistics: "Plan transport, rooms and food", Start -25, High 24, Team, [book_venue];
                promote: "Publicize the conference", Start -35, High 20, Team, [choose_theme];
                open_registration: "Register the participants", Start -30, High 16, Team, [];
                print_matter: "Have programme and badges printed", Start -10, Medium 20, Team, [draft_programme];
                walk_through: "Inspect the venue", Start -2, Critical 12, Organizer, [plan_logistics];
                run_event: "Run {name}", End 0 Exact, Critical 48, Organizer, [];
                evaluate: "Evaluate what participants say", End 2, Medium 8, Team, [run_event];
                publish_proceedings: "Publish the proceedings", End 5, High 40, Team, [run_event];
            }
        },
    },
    TemplateSeed {
        name: "event_consultation",
        title: "Consultation",
        description: "For a consultation whose results inform a decision.",
        domain: "coordination",
        items: items! {
            "" {
                set_questions: "Set the questions of {name}", Start -14, High 4, Organizer, [];
                list_stakeholders: "List who must be heard", Start -12, High 3, Organizer, [];
                invite: "Invite the stakeholders", Start -10, High 4, Team, [list_stakeholders];
                prepare_materials: "Prepare papers in the languages spoken", Start -5, Medium 8, Team, [set_questions];
                arrange_logistics: "Arrange place, food and transport", Start -3, Medium 4, Team, [];
                run_event: "Hold {name}", End 0 Exact, Critical 8, Organizer, [];
                write_record: "Write the record of who said what", End 2, High 6, Team, [run_event];
                digest_feedback: "Summarize the feedback as recommendations", End 5, High 8, Organizer, [write_record];
                report_back: "Inform the participants of the results", End 14, Medium 4, Organizer, [digest_feedback];
            }
        },
    },
    TemplateSeed {
        name: "event_forum",
        title: "Forum",
        description: "For a public forum with speakers.",
        domain: "coordination",
        items: items! {
            "" {
                choose_topic: "Choose topic and aims of {name}", Start -21, High 4, Organizer, [];
                win_speakers: "Engage speakers and a moderator", Start -18, High 6, Organizer, [choose_topic];
                book_venue: "Book the venue", Start -15, High 4, Team, [];
                make_known: "Publicize the forum", Start -12, Medium 8, Team, [choose_topic];
                register: "Register the participants", Start -7, Medium 6, Team, [];
                settle_logistics: "Arrange sound, seating and food", Start -2, High 6, Team, [book_venue];
                run_event: "Run {name}", End 0 Exact, Critical 10, Organizer, [];
                write_summary: "Write the summary of {name}", End 3, High 6, Team, [run_event];
                thank_speakers: "Thank the speakers and share the summary", End 7, Low 2, Organizer, [write_summary];
            }
        },
    },
    TemplateSeed {
        name: "event_field_visit",
        title: "Field visit",
        description: "For a visit to a community or project site.",
        domain: "coordination",
        items: items! {
            "" {
                set_purpose: "Set purpose and route of {name}", Start -10, High 3, Organizer, [];
                agree_with_community: "Agree on the visit with the community and the LGU", Start -7, High 3, Organizer, [];
                get_travel_order: "Get travel orders and clearances", Start -5, High 2, Team, [set_purpose];
                book_vehicle: "Book vehicle and driver", Start -5, Medium 2, Team, [set_purpose];
                prepare_kit: "Prepare forms, maps and gifts", Start -2, Medium 3, Team, [];
                run_event: "Make the visit: {name}", End 0 Exact, High 8, Organizer, [];
                write_report: "Write the trip report", End 3, High 4, Organizer, [run_event];
                act_on_findings: "Follow up on the findings", End 10, Medium 4, Organizer, [write_report];
            }
        },
    },
    TemplateSeed {
        name: "event_basic",
        title: "Event, basic steps",
        description: "For an event of a kind that has no template of its own.",
        domain: "coordination",
        items: items! {
            "" {
                prepare: "Prepare {name}", Start -5, Medium 4, Organizer, [];
                invite: "Invite the participants", Start -4, Medium 2, Organizer, [];
                arrange_logistics: "Arrange place and equipment", Start -1, Medium 2, Team, [];
                run_event: "Run {name}", End 0 Exact, High 4, Organizer, [];
                write_record: "Write the record of {name}", End 2, Medium 3, Organizer, [run_event];
                follow_up: "Follow up what was agreed", End 7, Low 2, Organizer, [write_record];
            }
        },
    },
    TemplateSeed {
        name: "quarterly_coordination_meeting",
        title: "Quarterly coordination meeting",
        description: "For the quarterly meeting with ministries, offices and agencies.",
        domain: "coordination",
        items: items! {
            "" {
                review_quarter: "Review the past quarter", Start -14, High 8, Organizer, [];
                collect_reports: "Collect the quarterly reports", Start -11, High 16, Team, [];
                write_agenda: "Write the agenda of {name}", Start -8, High 6, Organizer, [review_quarter];
                invite_focal_persons: "Invite the focal persons", Start -6, Medium 4, Team, [];
                make_slides: "Make the slides", Start -4, High 12, Team, [collect_reports];
                arrange_logistics: "Arrange room, equipment and food", Start -2, Medium 8, Team, [];
                brief_presenters: "Brief the presenters", Start -1, Medium 3, Organizer, [make_slides];
                run_event: "Hold {name}", End 0 Exact, High 8, Organizer, [];
                write_minutes: "Write the minutes of {name}", End 1, High 8, Team, [run_event];
                follow_up: "Follow up what was agreed", End 7, Medium 12, Organizer, [write_minutes];
            }
        },
    },
];

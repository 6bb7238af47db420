//! Writes a page for every component into a folder, with the real assets beside them, for review:
//!
//! `cargo run -p obcms-web --example gallery -- FOLDER`, then serve FOLDER with any static file server.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use jiff::civil::{Date, date};
use maud::{Markup, html};
use obcms_web::assets;
use obcms_web::calendar::components::{Calendar, CalendarCreate, CalendarModule, calendar};
use obcms_web::components::badges::{self, Tone};
use obcms_web::components::board::{Board, BoardCard, BoardColumn, board};
use obcms_web::components::buttons::{ButtonKind, button_link, post_button};
use obcms_web::components::charts::{Bar, StackedBar, bars, columns, donut, sparkline, stacked_bars};
use obcms_web::components::detail::{
    ChainGroup, ChainLink, FieldChange, HistoryEntry, PageHead, Property, chain, detail, history, page_head,
    panel, properties,
};
use obcms_web::components::feedback::{EmptyState, empty_state, error_panel, not_allowed, notice};
use obcms_web::components::filters::{Chip, Filters, filters};
use obcms_web::components::forms::{Choice, Control, Form, FormField, form};
use obcms_web::components::frame::{
    Command, Frame, NavigationGroup, NavigationItem, PersonBadge, Width, bare, page,
};
use obcms_web::components::menu::{Menu, MenuItem, menu};
use obcms_web::components::quick_add::QuickAdd;
use obcms_web::components::tables::{
    BulkAction, Column, Direction, Pager, Row, Table, column_chooser, table,
};
use obcms_web::components::tabs::{Tab, tabs};

const TODAY: Date = date(2026, 12, 14);
const LONG: &str = "Validation of the water system in Barangay Upper Lumbacaingud with the municipal engineering office and elders";
const LONG_NAME: &str = "Engr. Abdulrahman Macapantar Dimaporo-Alonto Sultan sa Lumba IV";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("name the folder to write into")?);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets::all() {
        fs::write(folder.join("assets").join(asset.file), asset.bytes)?;
    }
    let pages = [
        ("table", page(&frame("Tasks", "/tasks"), &list_page())),
        ("empty", page(&frame("Needs", "/needs"), &empty_page())),
        ("detail", page(&frame(LONG, "/ppas/7"), &detail_page())),
        (
            "form",
            page(&Frame { width: Width::Narrow, ..frame("New event", "/events/new") }, &form_page(true)),
        ),
        (
            "form-new",
            page(&Frame { width: Width::Narrow, ..frame("New event", "/events/new") }, &form_page(false)),
        ),
        ("board", page(&full("Board", "/board", &["board.js"]), &board_page())),
        (
            "calendar",
            page(&full("Calendar", "/calendar", &["calendar.js", "calendar.css"]), &calendar_page()),
        ),
        ("charts", page(&frame("Portfolio", "/portfolio"), &charts_page())),
        ("error", page(&frame("Approve", "/ppas/7/approval"), &error_page())),
        ("sign-in", bare(&Frame { person: None, ..frame("Sign in", "/login") }, &sign_in_page())),
    ];
    for (name, content) in pages {
        fs::write(folder.join(format!("{name}.html")), content.into_string())?;
    }
    Ok(())
}

fn full(title: &str, path: &str, assets: &[&str]) -> Frame {
    let assets = assets.iter().map(ToString::to_string).collect();
    Frame { width: Width::Full, assets, ..frame(title, path) }
}

fn frame(title: &str, path: &str) -> Frame {
    let item = |(label, href, icon, module): &(&str, &str, &str, &str)| NavigationItem {
        label: (*label).to_owned(),
        href: (*href).to_owned(),
        icon: (*icon).to_owned(),
        module_color: (*module).to_owned(),
        ..NavigationItem::default()
    };
    let group = |label: &str, items: &[(&str, &str, &str, &str)]| NavigationGroup {
        label: label.to_owned(),
        items: items.iter().map(item).collect(),
        is_open: true,
    };
    Frame {
        timezone: "Asia/Manila".to_owned(),
        title: title.to_owned(),
        path: path.to_owned(),
        breadcrumb: if path.matches('/').count() > 1 {
            vec![("Projects".to_owned(), "/ppas".to_owned())]
        } else {
            Vec::new()
        },
        person: Some(PersonBadge {
            id: "1".to_owned(),
            name: LONG_NAME.to_owned(),
            initials: "AI".to_owned(),
            roles: vec!["Coordinator".to_owned(), "Budget officer".to_owned()],
        }),
        csrf_token: "gallery".to_owned(),
        nonce: "gallery".to_owned(),
        theme: "auto".to_owned(),
        alerts: Some(3),
        waiting: 12,
        favourites: Vec::new(),
        state: "1.1".to_owned(),
        navigation: vec![
            group(
                "",
                &[
                    ("Today", "/", "house", ""),
                    ("Calendar", "/calendar", "calendar", ""),
                    ("Board", "/board", "square-kanban", ""),
                    ("Tasks", "/tasks", "list-checks", ""),
                    ("Projects", "/ppas", "folder-kanban", ""),
                    ("Portfolio", "/portfolio", "chart-column", ""),
                ],
            ),
            group(
                "Communities",
                &[
                    ("Communities", "/communities", "users", "communities"),
                    ("Municipal profiles and barangay data", "/municipalities", "map", "communities"),
                ],
            ),
            group(
                "Assessment",
                &[
                    ("Assessments", "/assessments", "clipboard-list", "mana"),
                    ("Needs", "/needs", "heart-handshake", "mana"),
                    ("Surveys", "/surveys", "file-text", "mana"),
                ],
            ),
            group(
                "Coordination",
                &[
                    ("Events", "/events", "calendar-days", "coordination"),
                    ("Organizations", "/organizations", "building-2", "coordination"),
                    ("Partnerships", "/partnerships", "handshake", "coordination"),
                ],
            ),
            group(
                "Policy and services",
                &[
                    ("Policies", "/policies", "scale", "policy"),
                    ("Services", "/services", "hand-coins", "services"),
                    ("Resources", "/resources", "truck", "resources"),
                ],
            ),
            group(
                "Office",
                &[("Staff", "/users", "users-round", "staff"), ("Audit", "/audit", "history", "")],
            ),
        ],
        commands: vec![
            Command { label: "New task".to_owned(), href: "/tasks/new".to_owned(), keys: "n t".to_owned() },
            Command { label: "New event".to_owned(), href: "/events/new".to_owned(), keys: "n e".to_owned() },
        ],
        assets: Vec::new(),
        width: Width::Wide,
        is_answer: false,
    }
}

fn more_menu() -> Markup {
    menu(&Menu {
        label: "More actions".to_owned(),
        icon: "ellipsis".to_owned(),
        icon_only: true,
        at_end: true,
        csrf_token: "gallery".to_owned(),
        items: vec![
            MenuItem::Link { label: "Export as CSV".into(), href: "#".into(), icon: "download".into() },
            MenuItem::Line,
            MenuItem::Post {
                label: "Archive".into(),
                action: "#".into(),
                icon: "archive".into(),
                danger: true,
                fields: vec![],
            },
        ],
    })
}

fn list_page() -> Markup {
    let titles = [
        "Prepare the focus group guide",
        LONG,
        "Book the van for Wao",
        "Send invitations to the barangay captains",
        "Write the minutes",
    ];
    let states = ["in_progress", "on_hold", "not_started", "completed", "cancelled"];
    let rows = (0..26)
        .map(|place: usize| {
            let state = states[place % 5];
            let due = TODAY.saturating_add(jiff::Span::new().days(place as i64 * 3 - 5));
            Row {
                id: place.to_string(),
                href: format!("/tasks/{place}"),
                title: titles[place % 5].to_owned(),
                past: state == "cancelled",
                cells: vec![
                    html! { (titles[place % 5]) },
                    badges::status(state),
                    badges::priority(["low", "medium", "high", "critical"][place % 4]),
                    if state == "completed" {
                        badges::date(due, TODAY)
                    } else {
                        badges::due_date(due, TODAY)
                    },
                    badges::people(
                        &[
                            LONG_NAME.to_owned(),
                            "Amina Sali".to_owned(),
                            "Jo Cruz".to_owned(),
                            "Li Tan".to_owned(),
                        ][..=place % 4],
                    ),
                    badges::progress((place * 13 % 101) as u8),
                    badges::money(place as i64 * 91_234_500),
                    badges::module_name("mana", "Assessment"),
                ],
                ..Row::default()
            }
        })
        .collect();
    let column = |key: &str, label: &str, right: bool| Column {
        key: key.to_owned(),
        label: label.to_owned(),
        sort_href: format!("?sort={key}"),
        right,
        ..Column::default()
    };
    let tasks = Table {
        id: "tasks".to_owned(),
        caption: "Tasks".to_owned(),
        columns: vec![
            column("title", "Title", false),
            column("status", "Status", false),
            column("priority", "Priority", false),
            Column { sorted: Some(Direction::Ascending), ..column("due_date", "Due", false) },
            Column { sort_href: String::new(), ..column("people", "People", false) },
            column("progress", "Progress", false),
            column("money", "Estimate", true),
            Column { hidden: true, ..column("module", "Module", false) },
        ],
        rows,
        bulk_actions: vec![
            BulkAction { label: "Complete".into(), icon: "check".into(), action: "#".into(), danger: false },
            BulkAction { label: "Archive".into(), icon: "archive".into(), action: "#".into(), danger: true },
        ],
        pager: Pager { total: Some(5012), next_href: "?cursor=x".into(), ..Pager::default() },
        live: "task".to_owned(),
        ..Table::default()
    };
    let tab = |label: &str, count: Option<u64>, current: bool| Tab {
        label: label.to_owned(),
        href: "#".to_owned(),
        count,
        current,
    };
    let row = Filters {
        action: "/tasks".into(),
        search: Some(String::new()),
        search_label: "Find tasks".into(),
        chips: vec![
            Chip { label: "Status".into(), value: "In progress, On hold".into(), remove_href: "#".into() },
            Chip { label: "Assigned to".into(), value: LONG_NAME.into(), remove_href: "#".into() },
        ],
        fields: vec![
            FormField {
                name: "priority".into(),
                label: "Priority".into(),
                control: Control::Select { options: choices(&["Low", "High"]) },
                ..FormField::default()
            },
            FormField {
                name: "due".into(),
                label: "Due before".into(),
                control: Control::Date { value: String::new() },
                ..FormField::default()
            },
        ],
        keep: Vec::new(),
        clear_href: "/tasks".into(),
    };
    html! {
        (page_head(&PageHead {
            title: "Tasks".into(),
            actions: html! { (more_menu()) (button_link("New task", "/tasks/new", "plus", ButtonKind::Main)) },
            ..PageHead::default()
        }))
        (tabs("Views", &[tab("All", Some(5012), true), tab("Mine", Some(24), false), tab("My team", None, false)]))
        (filters(&row, &column_chooser(&tasks)))
        (table(&tasks))
    }
}

fn choices(labels: &[&str]) -> Vec<Choice> {
    labels
        .iter()
        .map(|label| Choice { value: label.to_lowercase(), label: (*label).to_owned(), selected: false })
        .collect()
}

fn empty_page() -> Markup {
    html! {
        (page_head(&PageHead { title: "Needs".into(), ..PageHead::default() }))
        (empty_state(&EmptyState {
            icon: "heart-handshake".into(),
            title: "No needs yet".into(),
            text: "Needs of communities are recorded here, scored, and turned into projects.".into(),
            action: Some(("New need".into(), "/needs/new".into())),
        }))
    }
}

fn detail_page() -> Markup {
    let property = |label: &str, value: Markup| Property { label: label.to_owned(), value };
    let link = |title: &str, state: &str| ChainLink {
        title: title.to_owned(),
        href: "#".to_owned(),
        state: badges::words(state),
        tone: Tone::of_status(state),
        current: state.is_empty(),
    };
    let chain_group = |label: &str, module: &str, links: Vec<ChainLink>| ChainGroup {
        label: label.to_owned(),
        module: module.to_owned(),
        links,
        more_href: String::new(),
    };
    let wide = html! {
        (notice(Tone::Warning, &html! { strong { "Waiting for the budget review. " } "Due Fri 18 Dec, assigned to Amina Sali." }))
        (panel("summary", "", "Summary", &html! {}, &html! {
            p.prose { "Two deep wells and a chlorination house for four sitios.\nThe municipality shares a fifth of the cost." }
            (badges::wide_progress(60))
        }))
        (panel("tasks", "task", "Tasks", &button_link("Add", "#", "plus", ButtonKind::Quiet), &html! {
            ul.list {
                @for (title, state) in [("Survey the site", "completed"), (LONG, "in_progress"), ("Tender", "not_started")] {
                    li { a href="#" { (title) } (badges::status(state)) (badges::due_date(date(2026, 12, 12), TODAY)) }
                }
            }
        }))
        (panel("history", "*", "History", &html! {}, &history(&[
            HistoryEntry {
                who: "Amina Sali".into(),
                what: "changed this".into(),
                when: "2 hours ago".into(),
                changes: vec![
                    FieldChange { label: "Status".into(), old: "Draft".into(), new: "Under review".into() },
                    FieldChange { label: "Budget".into(), old: String::new(), new: "₱1,250,000.00".into() },
                ],
                ..HistoryEntry::default()
            },
            HistoryEntry {
                who: LONG_NAME.into(),
                what: "returned this for revision".into(),
                when: "Mon 7 Dec".into(),
                note: "The slots for women are missing.".into(),
                ..HistoryEntry::default()
            },
        ])))
    };
    let narrow = html! {
        (panel("", "", "Properties", &html! {}, &properties(&[
            property("Lead", badges::person(LONG_NAME)),
            property("Budget", badges::money(125_000_000)),
            property("Fiscal year", html! { "2027" }),
            property("Priority", badges::priority("critical")),
            property("Sector", badges::module_name("projects", "Infrastructure")),
            property("Venue", html! {}),
        ])))
        (panel("", "", "Chain", &html! {}, &chain(&[
            chain_group("Needs", "mana", vec![link("Safe water in Lumbacaingud", "validated")]),
            chain_group("Project", "projects", vec![link(LONG, "")]),
            chain_group("Tasks", "tasks", vec![link("Survey the site", "completed"), link("Tender", "overdue")]),
            chain_group("Dates", "coordination", vec![]),
        ])))
    };
    html! {
        (page_head(&PageHead {
            title: LONG.into(),
            subtitle: "Infrastructure, Lanao del Sur".into(),
            badges: badges::status("budget_review"),
            actions: html! {
                (more_menu())
                (button_link("Edit", "#", "pencil", ButtonKind::Plain))
                (post_button("Approve", "#", "check", ButtonKind::Main, "gallery", &[]))
            },
        }))
        (tabs("Parts", &[
            Tab { label: "Overview".into(), href: "#".into(), count: None, current: true },
            Tab { label: "Tasks".into(), href: "#".into(), count: Some(12), current: false },
            Tab { label: "Money".into(), href: "#".into(), count: None, current: false },
        ]))
        (detail(&wide, &narrow))
    }
}

fn form_page(wrong: bool) -> Markup {
    let field = |name: &str, label: &str, help: &str, control: Control| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        control,
        ..FormField::default()
    };
    let text = |value: &str| Control::Text { value: value.to_owned() };
    let mut end = field("end", "Ends", "", Control::DateTime { value: "2026-12-14T08:00".to_owned() });
    let mut budget = field(
        "budget",
        "Budget",
        "As you write it: 1,250,000 or 1.25M.",
        Control::Money { value: "1.25 milion".to_owned() },
    );
    if wrong {
        end.error = Some("It ends before it begins. Choose a time after 09:00.".to_owned());
        budget.error = Some("Write an amount, such as 1,250,000 or 1.25M.".to_owned());
    } else {
        budget.control = Control::Money { value: String::new() };
    }
    html! {
        (page_head(&PageHead { title: if wrong { "Edit event" } else { "New event" }.into(), ..PageHead::default() }))
        (form(&Form {
            action: "#".into(),
            csrf_token: "gallery".into(),
            fields: vec![
                FormField { required: true, ..field("title", "Title", "", text(if wrong { LONG } else { "" })) },
                FormField {
                    required: true,
                    ..field("start", "Starts", "", Control::DateTime { value: "2026-12-14T09:00".into() })
                },
                end,
                field("event_type", "Type", "", Control::Select { options: choices(&["Meeting", "Workshop"]) }),
                budget,
                field("organizer", "Organizer", "Type part of a name.", Control::Reference {
                    collection: "users".into(),
                    selected: wrong.then(|| ("1".to_owned(), LONG_NAME.to_owned())),
                }),
                field("participants", "Participants", "", Control::References {
                    collection: "users".into(),
                    selected: vec![("2".into(), "Amina Sali".into()), ("3".into(), "Jo Cruz".into())],
                }),
                field("all_day", "It takes the whole day", "", Control::Checkbox { checked: false }),
            ],
            more: vec![
                field("agenda", "Agenda", "", Control::Multiline { value: String::new(), rows: 3 }),
                field("days", "Days", "", Control::MultiSelect { options: choices(&["Mon", "Tue", "Wed", "Thu"]) }),
                field("slots", "Slots", "", Control::Number {
                    value: "12".into(), minimum: Some(0), maximum: None, step: "1",
                }),
            ],
            submit: "Save event".into(),
            cancel_href: "/events".into(),
            draft: "event".into(),
            ..Form::default()
        }))
    }
}

fn board_page() -> Markup {
    let columns = [
        ("not_started", "Not started", Tone::Neutral, 7),
        ("in_progress", "In progress", Tone::Active, 5),
        ("on_hold", "On hold", Tone::Warning, 0),
        ("completed", "Completed", Tone::Good, 3),
    ];
    let card = |column: &str, place: usize| BoardCard {
        id: format!("{column}-{place}"),
        place: String::new(),
        version: 1,
        title: [LONG, "Book the van for Wao", "Write the minutes"][place % 3].to_owned(),
        href: "/tasks/1".to_owned(),
        belongs_to: ["Household survey in Marogong and two neighbouring municipalities", "", "Water system"]
            [place % 3]
            .to_owned(),
        module: ["mana", "", "projects"][place % 3].to_owned(),
        marks: html! {
            (badges::priority(["high", "medium", "critical"][place % 3]))
            (badges::due_date(date(2026, 12, 11 + place as i8), TODAY))
        },
        people: vec![LONG_NAME.to_owned(), "Amina Sali".to_owned()][..=place % 2].to_vec(),
        progress: place.is_multiple_of(3).then_some(40),
        movable: place != 2,
        ..BoardCard::default()
    };
    let columns = columns
        .iter()
        .map(|(key, label, tone, count)| BoardColumn {
            key: (*key).to_owned(),
            label: (*label).to_owned(),
            tone: *tone,
            count: if *count == 7 { 1203 } else { *count as u64 },
            cards: (0..*count).map(|place| card(key, place)).collect(),
            more_url: if *count == 7 { "/board/cards".to_owned() } else { String::new() },
            quick_add: Some(QuickAdd { id: format!("add-{key}"), is_narrow: true, ..QuickAdd::default() }),
            ..BoardColumn::default()
        })
        .collect();
    html! {
        (page_head(&PageHead {
            title: "Board".into(),
            actions: button_link("New task", "/tasks/new", "plus", ButtonKind::Main),
            ..PageHead::default()
        }))
        (board(&Board { group: "status".into(), live: "task".into(), columns, ..Board::default() }))
    }
}

fn calendar_page() -> Markup {
    let modules = [
        ("coordination", "Coordination"),
        ("mana", "Assessment"),
        ("projects", "Projects"),
        ("tasks", "Tasks"),
        ("policy", "Policy"),
        ("services", "Services"),
        ("staff", "Staff"),
        ("communities", "Communities"),
        ("resources", "Resources"),
        ("holidays", "Holidays"),
        ("external", "Other calendars"),
    ];
    calendar(&Calendar {
        view: "month".into(),
        date: "2026-12-14".into(),
        today: "2026-12-14".into(),
        week_start: 0,
        timezone: "Asia/Manila".into(),
        modules: modules
            .iter()
            .map(|(key, label)| CalendarModule { key: (*key).into(), label: (*label).into(), shown: true })
            .collect(),
        creates: vec![
            CalendarCreate {
                label: "Event".into(),
                href: "/events/new".into(),
                start: "start".into(),
                end: "end".into(),
                timed: true,
                ..CalendarCreate::default()
            },
            CalendarCreate {
                label: "Task".into(),
                href: "/tasks/new".into(),
                start: "start_date".into(),
                end: "due_date".into(),
                due: true,
                ..CalendarCreate::default()
            },
        ],
        spans: vec!["event".into(), "task".into()],
        timed: vec!["event".into()],
        fallback: html! { p.muted { "The calendar needs JavaScript." } },
        ..Calendar::default()
    })
}

fn charts_page() -> Markup {
    let bar = |label: &str, value: f64, module: &str| Bar {
        label: label.to_owned(),
        href: "#".to_owned(),
        value,
        text: badges::short_money_text((value * 100_000_000.0) as i64),
        module: module.to_owned(),
    };
    let sectors =
        [bar("Infrastructure", 12.5, ""), bar("Education", 7.25, ""), bar("Protection of rights", 0.4, "")];
    let months: Vec<Bar> = ["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        .iter()
        .enumerate()
        .map(|(place, label)| bar(label, (place * 7 % 5) as f64 + 0.5, ""))
        .collect();
    html! {
        (page_head(&PageHead { title: "Portfolio".into(), badges: badges::badge("FY 2027", Tone::Quiet), ..PageHead::default() }))
        div.stack {
            (panel("", "", "Budget by sector", &sparkline("Twelve months", &[1.0, 4.0, 3.0, 6.0, 5.0, 9.0]), &bars("Budget by sector", &sectors)))
            (panel("", "", "Tasks by module", &html! {}, &donut("Tasks by module", "5,012", &[
                bar("Assessment", 5.0, "mana"), bar("Projects", 3.0, "projects"), bar("Policy", 1.0, "policy"),
            ])))
            (panel("", "", "Money by region", &html! {}, &stacked_bars(
                "Money by region",
                &["Allocated", "Obligated", "Disbursed"],
                &[
                    StackedBar { label: "Lanao del Sur".into(), parts: vec![4.0, 3.0, 2.0], text: "₱9M".into() },
                    StackedBar { label: "Maguindanao del Norte".into(), parts: vec![1.0, 3.0, 0.5], text: "₱4.5M".into() },
                ],
            )))
            (panel("", "", "By month", &html! {}, &columns("By month", &months)))
        }
    }
}

fn error_page() -> Markup {
    html! {
        (not_allowed("approve this budget review", &["Budget officers".to_owned(), LONG_NAME.to_owned()]))
        (error_panel(
            "The list could not be loaded",
            "The database did not answer in time. Nothing was lost. Try again in a moment.",
            Some(("Try again", "")),
        ))
    }
}

fn sign_in_page() -> Markup {
    html! {
        div.sign-in {
            h1 { "Sign in" }
            (form(&Form {
                action: "/login".into(),
                problem: Some("The name or the password is wrong.".into()),
                fields: vec![
                    FormField { name: "username".into(), label: "Username".into(), ..FormField::default() },
                    FormField {
                        name: "password".into(),
                        label: "Password".into(),
                        control: Control::Password { autocomplete: "current-password" },
                        ..FormField::default()
                    },
                ],
                submit: "Sign in".into(),
                ..Form::default()
            }))
        }
    }
}

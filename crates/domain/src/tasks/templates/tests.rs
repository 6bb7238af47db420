use super::*;
use crate::choices;
use crate::tasks::dependencies::cycle;
use std::collections::HashSet;

/// Fixed numbers of the office's guidelines: items and hours of the twenty templates.
const FIXED: [(&str, usize, u32); 20] = [
    ("mana_assessment_full_cycle", 26, 378),
    ("mana_assessment_desk_review", 10, 116),
    ("mana_assessment_survey", 15, 194),
    ("mana_assessment_participatory", 20, 210),
    ("mana_baseline_study", 12, 142),
    ("mana_workshop_facilitation", 6, 58),
    ("event_meeting_standard", 8, 32),
    ("event_workshop_full", 12, 110),
    ("event_conference_full", 15, 264),
    ("partnership_negotiation", 6, 60),
    ("quarterly_coordination_meeting", 10, 85),
    ("policy_development_full_cycle", 15, 184),
    ("policy_review_cycle", 5, 24),
    ("policy_implementation", 8, 144),
    ("service_offering_setup", 6, 44),
    ("application_review_process", 4, 11),
    ("service_delivery", 5, 27),
    ("ppa_budget_cycle", 10, 112),
    ("ppa_technical_hearing", 5, 48),
    ("ppa_outcome_monitoring", 7, 84),
];

#[test]
fn twenty_templates_have_their_items_and_hours() {
    let mut sum = 0;
    for (name, items, hours) in FIXED {
        let template = find(name).unwrap_or_else(|| panic!("{name} is missing"));
        let found: u32 = template.items.iter().map(|item| item.hours_hundredths).sum();
        assert_eq!((template.items.len(), found), (items, hours * 100), "{name}");
        sum += template.items.len();
    }
    assert_eq!(sum, 205);
}

#[test]
fn names_and_keys_are_unique_and_plain() {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let mut names = HashSet::new();
    for template in all() {
        assert!(names.insert(template.name) && plain(template.name), "{}", template.name);
        assert!(!template.title.is_empty() && !template.description.is_empty(), "{}", template.name);
        let mut keys = HashSet::new();
        let mut titles = HashSet::new();
        for item in template.items {
            assert!(keys.insert(item.key) && plain(item.key), "{} {}", template.name, item.key);
            assert!(titles.insert(item.title), "{} {}", template.name, item.title);
            assert!(item.hours_hundredths > 0, "{} {}", template.name, item.key);
        }
    }
    assert_eq!(names.len(), 46);
}

#[test]
fn domains_phases_and_rules_are_known() {
    for template in all() {
        assert!(choices::contains(choices::TASK_DOMAINS, template.domain), "{}", template.name);
        for item in template.items {
            let known = item.phase.is_empty() || choices::contains(choices::TASK_PHASES, item.phase);
            assert!(known, "{} {}", template.name, item.phase);
            assert!(choices::contains(choices::ASSIGNEE_RULES, item.role.as_str()));
            assert!(choices::contains(choices::ANCHORS, item.anchor.as_str()));
        }
    }
    assert!(AssigneeRule::ALL.into_iter().all(|rule| AssigneeRule::parse(rule.as_str()) == Some(rule)));
    assert!(Anchor::ALL.into_iter().all(|anchor| Anchor::parse(anchor.as_str()) == Some(anchor)));
}

#[test]
fn prerequisites_exist_come_before_and_make_no_cycle() {
    let when = |item: &ItemSeed| (item.anchor == Anchor::End, item.offset_days);
    for template in all() {
        let mut edges = Vec::new();
        for item in template.items {
            for key in item.prerequisites {
                let before = template.items.iter().find(|other| other.key == *key);
                let before =
                    before.unwrap_or_else(|| panic!("{} {} waits for {key}", template.name, item.key));
                assert!(when(before) <= when(item), "{} {} is due before {key}", template.name, item.key);
                edges.push((item.key, *key));
            }
        }
        assert_eq!(cycle(edges), None, "{}", template.name);
    }
}

#[test]
fn event_tasks_are_before_and_after_the_event() {
    let of_events = all().filter(|template| template.items.iter().any(|item| item.key == "run_event"));
    let mut count = 0;
    for template in of_events {
        count += 1;
        let run = template.items.iter().position(|item| item.key == "run_event").expect("filtered");
        assert_eq!((template.items[run].anchor, template.items[run].offset_days), (Anchor::End, 0));
        for item in &template.items[..run] {
            assert!(item.anchor == Anchor::Start && item.offset_days < 0, "{} {}", template.name, item.key);
        }
        for item in &template.items[run + 1..] {
            assert!(item.anchor == Anchor::End && item.offset_days > 0, "{} {}", template.name, item.key);
        }
    }
    assert_eq!(count, 8);
}

#[test]
fn titles_are_filled() {
    assert_eq!(fill("Run {name}", "Peace forum"), "Run Peace forum");
    assert_eq!(fill("Clean the data", "Peace forum"), "Clean the data");
    assert_eq!(fill("Run {name}", "{name}"), "Run {name}");
    for template in all() {
        let braces =
            template.items.iter().map(|item| fill(item.title, "x")).find(|title| title.contains('{'));
        assert_eq!(braces, None, "{}", template.name);
    }
}

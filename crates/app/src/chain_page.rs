//! Test of `docs/chain.md`: the page equals the table of rules, and the table matches the registry.

#![allow(clippy::unwrap_used)] // A failed assumption fails the test.

use std::fmt::Write as _;
use std::path::Path;

use obcms_domain::kinds;

use crate::core::rules::KindRules;
use crate::rules::RULES;

/// Meaning of each rule, in the order in which a write applies them.
const MEANINGS: [(&str, &str); 26] = [
    ("action_for_input", "policy action of an update, by its members"),
    ("complete", "completes references that follow from others, before rights are asked"),
    ("choices", "choices that are refused because of other records; forms do not offer them"),
    ("locked_fields", "fields that the state of a record locks; forms show them as text"),
    ("before_save", "completes and checks a record that people created or changed"),
    ("change_whole", "applies status and progress to a series as a whole"),
    ("before_series", "completes and checks a series whose dates were changed"),
    ("before_archive", "refuses to archive a record that is required"),
    ("before_undo", "refuses to undo a change that is required"),
    ("show_occurrence", "copies the state of the shown occurrence to a series, at every write"),
    ("before_update", "completes a changed record, at every write"),
    ("created", "effects of a new record"),
    ("changed", "effects of a changed, archived, restored or undone record"),
    ("generates_by_state", "generates tasks at each state that is entered"),
    ("template", "names the task template"),
    ("anchors", "first and last day, anchors of generated tasks; when they change, tasks are re-dated"),
    ("undo_action", "policy action of an undo"),
    ("undone", "effects of an undo"),
    ("shortcuts", "additional filters of the list"),
    ("aliases", "short names of filters"),
    ("list_fields", "fields that the list replaces with another one"),
    ("members", "members calculated from the record"),
    ("related_members", "members calculated from other records"),
    ("page_members", "members shown only on the page of a record"),
    ("attention", "records that wait for a decision of the actor, on Today and in the bell"),
    ("owner_path", "address shown only to the owner"),
];

/// Returns the names of the rules that a kind has, in their order. A new rule does not compile until it is listed
/// here.
fn given(rules: &KindRules) -> Vec<&'static str> {
    let KindRules {
        kind: _,
        action_for_input,
        complete,
        choices,
        locked_fields,
        before_save,
        change_whole,
        before_series,
        before_archive,
        before_undo,
        show_occurrence,
        before_update,
        created,
        changed,
        generates_by_state,
        template,
        anchors,
        undo_action,
        undone,
        shortcuts,
        aliases,
        list_fields,
        members,
        related_members,
        page_members,
        attention,
        owner_path,
    } = rules;
    let all = [
        ("action_for_input", action_for_input.is_some()),
        ("complete", complete.is_some()),
        ("choices", choices.is_some()),
        ("locked_fields", locked_fields.is_some()),
        ("before_save", before_save.is_some()),
        ("change_whole", change_whole.is_some()),
        ("before_series", before_series.is_some()),
        ("before_archive", before_archive.is_some()),
        ("before_undo", before_undo.is_some()),
        ("show_occurrence", show_occurrence.is_some()),
        ("before_update", before_update.is_some()),
        ("created", created.is_some()),
        ("changed", changed.is_some()),
        ("generates_by_state", *generates_by_state),
        ("template", template.is_some()),
        ("anchors", anchors.is_some()),
        ("undo_action", undo_action.is_some()),
        ("undone", undone.is_some()),
        ("shortcuts", !shortcuts.is_empty()),
        ("aliases", !aliases.is_empty()),
        ("list_fields", !list_fields.is_empty()),
        ("members", members.is_some()),
        ("related_members", related_members.is_some()),
        ("page_members", page_members.is_some()),
        ("attention", attention.is_some()),
        ("owner_path", owner_path.is_some()),
    ];
    all.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
}

/// Steps of a write, as in `chain.rs`.
const STEPS: &str = "\
A new record:

1. `before_save` completes and checks it.
2. The row, links, words and dates are written, and the change is logged.
3. `created` has its effects.
4. Tasks are generated from the template of its triggers, unless it is the second part of a series that was split.

A changed record:

1. `before_save`, of an archived one `before_archive`, of an undo `before_undo`; `show_occurrence` and `before_update` at
   every write.
2. The row, links, words and dates are written, and the change is logged.
3. When it was archived or restored: its tasks and bookings are archived or restored with it.
4. `changed` has its effects.
5. When it entered a state and has `generates_by_state`: tasks are generated, except by an undo.
6. When its `anchors` differ: unchanged generated tasks are re-dated.
7. When its status closes or reopens it: open tasks and bookings are cancelled or reopened with it (`cancelling.rs`).
";

fn page() -> String {
    let mut text = String::from(
        "# Rules and effects of kinds\n\n\
         Printed from the table of rules (`crates/app/src/rules.rs`) by a test: `UPDATE=1 cargo test -p obcms-app chain_page`.\n\
         A kind without a row has only the rules of its description. The order of the effects is that of\n\
         `crates/app/src/chain.rs`.\n\n",
    );
    text.push_str(STEPS);
    text.push_str(
        "\n## Kinds\n\n| kind | rules before a write | effects | lists, pages and API |\n|---|---|---|---|\n",
    );
    for rules in RULES.0 {
        let names = given(rules);
        let column = |first: &str, last: &str| {
            let place = |name: &str| MEANINGS.iter().position(|(known, _)| *known == name).unwrap();
            let within = place(first)..=place(last);
            let named = names.iter().filter(|name| within.contains(&place(name)));
            named.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let (before, effects) = (column("action_for_input", "before_update"), column("created", "undone"));
        let shown = column("shortcuts", "owner_path");
        writeln!(text, "| {} | {before} | {effects} | {shown} |", rules.kind).unwrap();
    }
    text.push_str("\n## Rules\n\n| rule | meaning |\n|---|---|\n");
    for (name, meaning) in MEANINGS {
        writeln!(text, "| `{name}` | {meaning} |").unwrap();
    }
    text
}

#[test]
fn each_row_is_a_kind_with_rules() {
    let mut last = "";
    for rules in RULES.0 {
        assert!(kinds::by_name(rules.kind).is_some(), "{} is no kind", rules.kind);
        assert!(last < rules.kind, "{} is out of alphabetical order", rules.kind);
        assert!(!given(rules).is_empty(), "{} has no rules", rules.kind);
        for name in given(rules) {
            assert!(MEANINGS.iter().any(|(known, _)| *known == name), "{name} is not explained");
        }
        last = rules.kind;
    }
    assert!(given(&KindRules::NONE).is_empty());
}

#[test]
fn chain_page_equals_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/chain.md");
    let wanted = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/chain.md is out of date: UPDATE=1 cargo test -p obcms-app chain_page");
}

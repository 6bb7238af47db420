use super::*;
use std::path::Path;

#[test]
fn without_a_role_nothing_is_allowed() {
    for area in Area::ALL {
        for action in Action::ALL {
            assert!(!allows(&[], action, area, &Relation::ALL), "{action:?} in {area:?}");
        }
    }
}

#[test]
fn an_administrator_may_do_everything() {
    for area in Area::ALL {
        for action in Action::ALL {
            assert!(allows(&[Role::Admin], action, area, &[]), "{action:?} in {area:?}");
        }
    }
}

#[test]
fn only_an_administrator_overrides_manages_and_sees_settings() {
    for area in Area::ALL {
        assert_eq!(who_can(Action::Override, area), [Role::Admin]);
        assert_eq!(who_can(Action::Manage, area), [Role::Admin]);
    }
    for action in Action::ALL {
        assert_eq!(who_can(action, Area::Settings), [Role::Admin]);
    }
}

#[test]
fn every_approval_stage_has_a_decider() {
    for (action, role) in [
        (Action::TechnicalReview, Role::Coordinator),
        (Action::BudgetReview, Role::BudgetOfficer),
        (Action::Consultation, Role::Coordinator),
        (Action::ExecutiveApproval, Role::Executive),
        (Action::Enact, Role::BudgetOfficer),
    ] {
        assert_eq!(who_can(action, Area::Programme), [Role::Admin, role]);
    }
}

#[test]
fn coordinator_manages_work_but_not_money_or_accounts() {
    let roles = [Role::Coordinator];
    for area in [Area::Work, Area::Field, Area::Programme, Area::Reference] {
        for action in [Action::Create, Action::Edit, Action::Archive, Action::Assign, Action::Import] {
            assert!(allows(&roles, action, area, &[]), "{action:?} in {area:?}");
        }
    }
    assert!(allows(&roles, Action::View, Area::Money, &[]));
    assert!(!allows(&roles, Action::Edit, Area::Money, &Relation::ALL));
    assert!(!allows(&roles, Action::Edit, Area::Accounts, &Relation::ALL));
    assert!(allows(&roles, Action::DecideLeave, Area::Work, &[]));
    assert!(!allows(&roles, Action::ExecutiveApproval, Area::Programme, &Relation::ALL));
}

#[test]
fn staff_edit_own_records_and_move_assigned_tasks() {
    let roles = [Role::Staff];
    assert!(allows(&roles, Action::Create, Area::Work, &[]));
    assert!(allows(&roles, Action::Create, Area::Field, &[Relation::Request]));
    assert!(!allows(&roles, Action::Create, Area::Programme, &[]));
    assert!(allows(&roles, Action::Create, Area::Programme, &[Relation::Request]));
    assert!(!allows(&roles, Action::Edit, Area::Work, &[]));
    assert!(allows(&roles, Action::Edit, Area::Work, &[Relation::Own]));
    assert!(allows(&roles, Action::Transition, Area::Work, &[Relation::Assigned]));
    assert!(allows(&roles, Action::Transition, Area::Work, &[Relation::Team]));
    assert!(!allows(&roles, Action::Archive, Area::Work, &[Relation::Team]));
    assert!(!allows(&roles, Action::Create, Area::Reference, &Relation::ALL));
    assert!(!allows(&roles, Action::View, Area::Audit, &Relation::ALL));
}

#[test]
fn partner_needs_a_relation_to_every_record() {
    let roles = [Role::Partner];
    assert!(!allows(&roles, Action::View, Area::Reference, &[]));
    assert!(allows(&roles, Action::View, Area::Reference, &[Relation::Organisation]));
    assert!(!allows(&roles, Action::View, Area::Work, &[Relation::Own, Relation::Team]));
    assert!(allows(&roles, Action::Edit, Area::Programme, &[Relation::Organisation]));
    assert!(!allows(&roles, Action::Transition, Area::Programme, &Relation::ALL));
    assert!(!allows(&roles, Action::Edit, Area::Work, &[Relation::Invited, Relation::Organisation]));
    assert!(!allows(&roles, Action::Create, Area::Work, &Relation::ALL));
    assert!(!allows(&roles, Action::View, Area::Accounts, &Relation::ALL));
    assert_eq!(
        relations_needed(&roles, Action::View, Area::Field),
        [Relation::Organisation, Relation::Assigned, Relation::Invited, Relation::Draft]
    );
}

#[test]
fn partner_writes_only_reports_of_the_programme() {
    for area in [Area::Field, Area::Programme] {
        for group in FieldGroup::ALL {
            let others: Vec<Relation> =
                Relation::ALL.into_iter().filter(|relation| *relation != Relation::Draft).collect();
            let may = allows_field(&[Role::Partner], Action::Edit, area, group, &others);
            assert_eq!(may, group == FieldGroup::Reporting, "{group:?} in {area:?}");
            // Partners also edit the planning fields of their own requests until a decision.
            let own = allows_field(&[Role::Partner], Action::Edit, area, group, &Relation::ALL);
            assert_eq!(
                own,
                matches!(group, FieldGroup::Reporting | FieldGroup::Planning),
                "{group:?} in {area:?}"
            );
        }
    }
}

#[test]
fn creator_of_a_request_writes_its_figures_until_the_decision() {
    let may = |group, relation| {
        allows_field(&[Role::Staff], Action::Edit, Area::Programme, group, &[relation, Relation::None])
    };
    for (group, own, draft) in [
        (FieldGroup::Planning, true, true),
        (FieldGroup::People, true, true),
        (FieldGroup::Reporting, true, true),
        (FieldGroup::Money, false, true),
        (FieldGroup::Scoring, false, true),
        (FieldGroup::Status, false, true),
        (FieldGroup::Decision, false, false),
    ] {
        assert_eq!((may(group, Relation::Own), may(group, Relation::Draft)), (own, draft), "{group:?}");
        assert!(!may(group, Relation::Assigned), "{group:?}");
    }
}

#[test]
fn right_to_edit_equals_right_to_write_some_field() {
    for role in Role::ALL {
        for area in Area::ALL {
            for action in [Action::Create, Action::Edit] {
                for relation in Relation::ALL {
                    let writes = FieldGroup::ALL
                        .into_iter()
                        .any(|group| allows_field(&[role], action, area, group, &[relation]));
                    let may = allows(&[role], action, area, &[relation]);
                    assert_eq!(may, writes, "{role} {} in {area:?} with {relation:?}", action.as_str());
                }
            }
        }
    }
}

#[test]
fn rights_of_several_roles_are_combined() {
    let both = [Role::Staff, Role::Executive];
    assert!(allows(&both, Action::Create, Area::Work, &[]));
    assert!(allows(&both, Action::ExecutiveApproval, Area::Programme, &[]));
}

#[test]
fn right_to_change_includes_right_to_view() {
    for role in Role::ALL {
        for area in Area::ALL {
            for action in Action::ALL {
                for relation in Relation::ALL {
                    // Creation needs no right to view: a created record is one's own.
                    if action != Action::Create && allows(&[role], action, area, &[relation]) {
                        assert!(
                            allows(&[role], Action::View, area, &[relation]),
                            "{role} may {} in {area:?} with {relation:?} without seeing it",
                            action.as_str()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn policy_page_equals_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    let wanted = matrix_markdown();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("docs can be made");
        std::fs::write(&path, &wanted).expect("docs/policy.md can be written");
    }
    let found = std::fs::read_to_string(&path).expect("docs/policy.md is there");
    assert!(found == wanted, "docs/policy.md is out of date: UPDATE=1 cargo test -p obcms-domain policy");
}

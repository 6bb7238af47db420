//! Tests of accounts through commands, on an embedded database.
#![allow(clippy::unwrap_used)] // A failed assumption fails the test.

mod common;

use common::{Home, bare, input};
use jiff::SignedDuration;
use obcms_app::accounts::{Client, EndAccess, SetupInput, SignInError, SignedIn};
use obcms_app::core::CacheKey;
use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::USER;
use serde_json::json;

const PASSWORD: &str = "river stone lamp";
const OTHER: &str = "mountain cloud boat";

fn add(home: &Home, name: &str, roles: &[&str]) -> Id {
    let fields = input(json!({"username": name, "full_name": name, "roles": roles}));
    let id = home.app.create(&Actor::program(), &USER, &fields).unwrap().id;
    home.app.set_password(&Actor::program(), id, PASSWORD).unwrap();
    id
}

fn from(address: &str) -> Client<'_> {
    Client { address, agent: "a browser", device: None }
}

fn come_in(home: &Home, name: &str, password: &str) -> Result<SignedIn, SignInError> {
    home.app.sign_in(name, password, &from("198.51.100.7"))
}

fn actor(home: &Home, id: Id) -> Actor {
    home.app.actor_of(id).unwrap().unwrap()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

fn fields_of(error: AppError) -> Vec<String> {
    match error {
        AppError::Invalid(errors) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("{other:?} names no fields"),
    }
}

/// Returns every note and every value in the log of a record.
fn log(home: &Home, id: Id) -> Vec<(String, String)> {
    let entries = home.app.history(&Actor::program(), &USER, id, None, 100).unwrap();
    entries.into_iter().map(|entry| (entry.change.action.clone(), entry.to_json().to_string())).collect()
}

#[test]
fn session_begins_is_used_and_ends() {
    let home = bare("session");
    let id = add(&home, "ana.tan", &["staff"]);
    let first = come_in(&home, " Ana.Tan ", PASSWORD).unwrap();
    assert_eq!(first.session.user_id, id);
    assert_ne!(first.session.csrf_token, first.secret);
    let (me, session) = home.app.session_actor(&first.secret).unwrap().unwrap();
    assert_eq!((me.id, me.username.as_str()), (Some(id), "ana.tan"));
    assert_eq!(session, first.session);
    assert!(home.app.session_actor("something else").unwrap().is_none());
    let user = home.app.get(&Actor::program(), &USER, id).unwrap();
    assert_eq!(user.instant("last_sign_in_at"), Some(home.app.now()));

    let second = come_in(&home, "ana.tan", PASSWORD).unwrap();
    assert_eq!(home.app.sessions(&me).unwrap().len(), 2);
    home.app.revoke_session(&me, second.session.id).unwrap();
    assert!(home.app.session_actor(&second.secret).unwrap().is_none());
    home.app.sign_out(&first.secret, "192.0.2.1").unwrap();
    assert!(home.app.session_actor(&first.secret).unwrap().is_none());
    assert!(home.app.sessions(&me).unwrap().is_empty());
}

#[test]
fn session_use_is_recorded_once_a_minute_and_expires_after_its_days() {
    let home = bare("seen");
    add(&home, "ana.tan", &["staff"]);
    let SignedIn { secret, session, .. } = come_in(&home, "ana.tan", PASSWORD).unwrap();
    let seen = |home: &Home| home.app.session_actor(&secret).unwrap().unwrap().1.last_seen_at;
    home.pass(SignedDuration::from_secs(59));
    assert_eq!(seen(&home), session.created_at);
    home.pass(SignedDuration::from_secs(1));
    assert_eq!(seen(&home), session.created_at + minutes(1));
    assert_eq!(seen(&home), session.created_at + minutes(1));
    home.pass(SignedDuration::from_hours(24 * 14));
    assert!(home.app.session_actor(&secret).unwrap().is_none());
}

#[test]
fn sessions_of_others_cannot_be_ended() {
    let home = bare("others");
    add(&home, "ana.tan", &["staff"]);
    let other = add(&home, "bo.lim", &["admin"]);
    let ana = come_in(&home, "ana.tan", PASSWORD).unwrap();
    let refused = home.app.revoke_session(&actor(&home, other), ana.session.id);
    assert!(matches!(refused, Err(AppError::NotFound(_))));
    assert!(home.app.session_actor(&ana.secret).unwrap().is_some());
}

#[test]
fn wrong_names_and_wrong_passwords_give_the_same_answer() {
    let home = bare("wrong");
    let id = add(&home, "ana.tan", &["staff"]);
    let fields = input(json!({"username": "no.password", "full_name": "N", "roles": []}));
    home.app.create(&Actor::program(), &USER, &fields).unwrap();
    let closed = add(&home, "closed", &["staff"]);
    home.app.set_disabled(&Actor::program(), closed, true).unwrap();
    let long = "x".repeat(1000);
    for (name, password) in [
        ("ana.tan", OTHER),
        ("ana.tan", ""),
        ("nobody", PASSWORD),
        ("no.password", ""),
        ("no.password", "nobody has this password"),
        ("closed", PASSWORD),
        ("", ""),
        (long.as_str(), PASSWORD),
        ("nul\0", PASSWORD),
    ] {
        assert!(matches!(come_in(&home, name, password), Err(SignInError::Wrong)), "{name}");
    }
    home.app.archive(&Actor::program(), &USER, id, None).unwrap();
    assert!(matches!(come_in(&home, "ana.tan", PASSWORD), Err(SignInError::Wrong)));
}

#[test]
fn five_failures_lock_only_this_address_for_a_time() {
    let home = bare("lock");
    add(&home, "ana.tan", &["staff"]);
    for name in ["ana.tan", "nobody"] {
        for _ in 0..5 {
            assert!(matches!(come_in(&home, name, "wrong"), Err(SignInError::Wrong)));
        }
        // Refused whatever the password is, and whether or not there is such an account.
        assert!(matches!(come_in(&home, name, PASSWORD), Err(SignInError::Locked { seconds: 1800 })));
    }
    home.app.sign_in("ana.tan", PASSWORD, &from("203.0.113.9")).unwrap();
    // Attempts that the lock refused do not extend it.
    home.pass(minutes(29));
    assert!(matches!(come_in(&home, "ana.tan", "wrong"), Err(SignInError::Locked { seconds: 60 })));
    home.pass(minutes(1));
    come_in(&home, "ana.tan", PASSWORD).unwrap();
}

#[test]
fn distributed_guessing_delays_only_unknown_devices() {
    let home = bare("everywhere");
    add(&home, "ana.tan", &["staff"]);
    add(&home, "bo.lim", &["staff"]);
    let device = come_in(&home, "ana.tan", PASSWORD).unwrap().device.unwrap();
    let on_device = |name: &str, password: &str| {
        let client = Client { address: "203.0.113.1", agent: "", device: Some(&device) };
        home.app.sign_in(name, password, &client)
    };
    for number in 0..20 {
        let address = format!("203.0.113.{}", 10 + number / 4);
        assert!(matches!(home.app.sign_in("ana.tan", "wrong", &from(&address)), Err(SignInError::Wrong)));
    }
    let refused = come_in(&home, "ana.tan", PASSWORD);
    assert!(matches!(refused, Err(SignInError::Locked { seconds: 5 })), "{refused:?}");
    assert_eq!(on_device("ana.tan", PASSWORD).unwrap().device, None);
    assert!(on_device("bo.lim", PASSWORD).unwrap().device.is_some(), "a device is known for its owner only");
    // Refused attempts do not count: the delay ends.
    home.pass(SignedDuration::from_secs(5));
    come_in(&home, "ana.tan", PASSWORD).unwrap();
    // The known device has a limit of its own, and its failures slow nobody else.
    for _ in 0..5 {
        assert!(matches!(on_device("ana.tan", "wrong"), Err(SignInError::Wrong)));
    }
    home.pass(minutes(1));
    come_in(&home, "ana.tan", PASSWORD).unwrap();
    home.pass(SignedDuration::from_hours(24 * 400));
    assert!(on_device("ana.tan", PASSWORD).unwrap().device.is_some(), "a device is forgotten some day");
}

#[test]
fn success_clears_the_failures() {
    let home = bare("clears");
    add(&home, "ana.tan", &["staff"]);
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(matches!(come_in(&home, "ana.tan", "wrong"), Err(SignInError::Wrong)));
        }
        come_in(&home, "ana.tan", PASSWORD).unwrap();
    }
}

#[test]
fn simultaneous_attempts_do_not_pass_the_lock() {
    let home = bare("race");
    add(&home, "ana.tan", &["staff"]);
    let wrong = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..12)
            .map(|_| scope.spawn(|| matches!(come_in(&home, "ana.tan", "wrong"), Err(SignInError::Wrong))))
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().unwrap()).filter(|wrong| *wrong).count()
    });
    assert_eq!(wrong, 5);
}

#[test]
fn tokens_act_for_their_owner() {
    let home = bare("tokens");
    let id = add(&home, "ana.tan", &["staff"]);
    let me = actor(&home, id);
    let (secret, token) = home.app.create_token(&me, " nightly ", "write", Some(2)).unwrap();
    assert!(secret.starts_with("obcms_") && secret.len() == 49);
    assert_eq!(token.name, "nightly");
    let acting = home.app.token_actor(&secret, "192.0.2.1").unwrap().unwrap();
    assert_eq!(CacheKey::from(&acting), CacheKey::from(&me));
    assert_eq!(home.app.tokens(&me).unwrap()[0].last_used_at, Some(home.app.now()));
    assert!(home.app.token_actor("obcms_guess", "192.0.2.1").unwrap().is_none());
    assert!(home.app.token_actor(&secret["obcms_".len()..], "192.0.2.1").unwrap().is_none());
    home.pass(SignedDuration::from_hours(48));
    assert!(home.app.token_actor(&secret, "192.0.2.1").unwrap().is_none());

    let (reader, token) = home.app.create_token(&me, "reports", "read", None).unwrap();
    let reading = home.app.token_actor(&reader, "192.0.2.1").unwrap().unwrap();
    assert!(reading.read_only);
    let refused = home.app.create_token(&reading, "more", "write", None);
    assert!(matches!(refused, Err(AppError::Forbidden { .. })));
    home.app.revoke_token(&me, token.id, &EndAccess::default()).unwrap();
    assert!(home.app.token_actor(&reader, "192.0.2.1").unwrap().is_none());
}

#[test]
fn tokens_need_a_name_a_scope_and_a_role() {
    let home = bare("token-checks");
    let me = actor(&home, add(&home, "ana.tan", &["staff"]));
    let refused = home.app.create_token(&me, " ", "all", Some(0)).unwrap_err();
    assert_eq!(fields_of(refused), ["name", "scope", "days"]);
    let nobody = actor(&home, add(&home, "new.one", &[]));
    let refused = home.app.create_token(&nobody, "x", "read", None);
    assert!(matches!(refused, Err(AppError::Forbidden { .. })));
    // A token that was created before the roles were removed gives no access.
    let (secret, _) = home.app.create_token(&me, "x", "write", None).unwrap();
    let none = input(json!({"roles": []}));
    home.app.update(&Actor::program(), &USER, me.id.unwrap(), &none, None).unwrap();
    assert!(home.app.token_actor(&secret, "192.0.2.1").unwrap().is_none());
}

#[test]
fn owner_or_administrator_revokes_a_token() {
    let home = bare("revoke");
    let ana = actor(&home, add(&home, "ana.tan", &["staff"]));
    let bo = actor(&home, add(&home, "bo.lim", &["coordinator"]));
    let root = actor(&home, add(&home, "root", &["admin"]));
    let (secret, token) = home.app.create_token(&ana, "x", "write", None).unwrap();
    assert!(matches!(
        home.app.revoke_token(&bo, token.id, &EndAccess::default()),
        Err(AppError::NotFound(_))
    ));
    assert!(home.app.token_actor(&secret, "192.0.2.1").unwrap().is_some());
    home.app.revoke_token(&root, token.id, &EndAccess::default()).unwrap();
    assert!(home.app.token_actor(&secret, "192.0.2.1").unwrap().is_none());
}

#[test]
fn password_change_ends_the_other_sessions() {
    let home = bare("change");
    let id = add(&home, "ana.tan", &["staff"]);
    let me = actor(&home, id);
    let here = come_in(&home, "ana.tan", PASSWORD).unwrap();
    let there = come_in(&home, "ana.tan", PASSWORD).unwrap();
    let change =
        |current: &str, new: &str| home.app.change_password(&me, current, new, Some(here.session.id));
    assert_eq!(fields_of(change("wrong", OTHER).unwrap_err()), ["current"]);
    assert_eq!(fields_of(change(PASSWORD, "short").unwrap_err()), ["new"]);
    assert_eq!(fields_of(change(PASSWORD, "password1234").unwrap_err()), ["new"]);
    change(PASSWORD, OTHER).unwrap();
    assert!(home.app.session_actor(&here.secret).unwrap().is_some());
    assert!(home.app.session_actor(&there.secret).unwrap().is_none());
    assert!(matches!(come_in(&home, "ana.tan", PASSWORD), Err(SignInError::Wrong)));
    come_in(&home, "ana.tan", OTHER).unwrap();
    for _ in 0..5 {
        assert_eq!(fields_of(change("wrong", PASSWORD).unwrap_err()), ["current"]);
    }
    assert!(matches!(change(OTHER, PASSWORD), Err(AppError::TooMany { .. })));
}

#[test]
fn log_records_passwords_and_tokens_without_secrets() {
    let home = bare("log");
    let id = add(&home, "ana.tan", &["staff"]);
    let me = actor(&home, id);
    let (secret, _) = home.app.create_token(&me, "nightly", "write", None).unwrap();
    home.app.change_password(&me, PASSWORD, OTHER, None).unwrap();
    let log = log(&home, id);
    let actions: Vec<&str> = log.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["password", "token", "password", "create"]);
    assert!(log[0].1.contains("Password changed.") && log[1].1.contains("Token nightly created."));
    for (_, text) in &log {
        assert!(!text.contains("argon2") && !text.contains(&secret) && !text.contains(OTHER), "{text}");
    }
    // Undo skips both and reverts the last change that it can: here, the creation of the account.
    assert!(home.app.undo(&Actor::program(), &USER, id, None, None).unwrap().is_archived());
}

#[test]
fn only_administrators_set_passwords_of_others() {
    let home = bare("reset");
    let id = add(&home, "ana.tan", &["staff"]);
    let session = come_in(&home, "ana.tan", PASSWORD).unwrap();
    for _ in 0..5 {
        assert!(come_in(&home, "ana.tan", "wrong").is_err());
    }
    let staff = actor(&home, id);
    let refused = home.app.set_password(&staff, id, OTHER);
    assert!(matches!(refused, Err(AppError::Forbidden { .. })));
    assert_eq!(fields_of(home.app.set_password(&Actor::program(), id, "ana.tan").unwrap_err()), ["password"]);
    home.app.set_password(&Actor::program(), id, OTHER).unwrap();
    assert!(home.app.session_actor(&session.secret).unwrap().is_none());
    come_in(&home, "ana.tan", OTHER).unwrap();
}

#[test]
fn people_change_only_their_own_profile() {
    let home = bare("profile");
    let id = add(&home, "ana.tan", &["staff"]);
    let me = actor(&home, id);
    let fields = input(json!({"full_name": "Ana Tan", "theme": "dark", "timezone": "Asia/Tokyo"}));
    let user = home.app.update_profile(&me, &fields, None).unwrap();
    assert_eq!((user.text("full_name"), user.text("theme")), ("Ana Tan", "dark"));
    assert_eq!(actor(&home, id).timezone, "Asia/Tokyo");
    let grab = input(json!({"roles": ["admin"], "username": "root", "phone": "1"}));
    assert_eq!(fields_of(home.app.update_profile(&me, &grab, None).unwrap_err()), ["roles", "username"]);
    let wrong = input(json!({"email": "nowhere", "theme": "pink"}));
    assert_eq!(fields_of(home.app.update_profile(&me, &wrong, None).unwrap_err()).len(), 2);
    assert_eq!(log(&home, id)[0].0, "update");
}

#[test]
fn disabled_account_gives_no_access() {
    let home = bare("disable");
    let id = add(&home, "ana.tan", &["staff"]);
    let session = come_in(&home, "ana.tan", PASSWORD).unwrap();
    let (token, _) = home.app.create_token(&actor(&home, id), "x", "write", None).unwrap();
    let link = home.app.create_setup_link(&Actor::program(), Some(id)).unwrap();
    assert!(home.app.set_disabled(&Actor::program(), id, true).unwrap().flag("is_disabled"));
    assert!(home.app.session_actor(&session.secret).unwrap().is_none());
    assert!(home.app.token_actor(&token, "192.0.2.1").unwrap().is_none());
    assert!(home.app.setup_link(&link).unwrap().is_none());
    assert!(home.app.create_setup_link(&Actor::program(), Some(id)).is_err());
    home.app.set_disabled(&Actor::program(), id, false).unwrap();
    // Ended sessions and tokens stay ended.
    assert!(home.app.session_actor(&session.secret).unwrap().is_none());
    assert!(home.app.token_actor(&token, "192.0.2.1").unwrap().is_none());
    come_in(&home, "ana.tan", PASSWORD).unwrap();
    let actions: Vec<String> = log(&home, id).into_iter().map(|(action, _)| action).collect();
    assert!(actions.contains(&"disable".to_owned()) && actions.contains(&"enable".to_owned()));
}

#[test]
fn last_administrator_cannot_be_removed() {
    let home = bare("last");
    let first = add(&home, "root", &["admin"]);
    let root = actor(&home, first);
    assert!(matches!(home.app.set_disabled(&root, first, true), Err(AppError::Conflict { .. })));
    let second = add(&home, "root.two", &["admin"]);
    home.app.set_disabled(&root, second, true).unwrap();
    assert!(matches!(home.app.set_disabled(&root, first, true), Err(AppError::Conflict { .. })));
    home.app.set_disabled(&root, second, false).unwrap();
    home.app.set_disabled(&actor(&home, second), first, true).unwrap();
    // Undo does not evade it: neither of the last one's creation, nor of a role that was given.
    let me = actor(&home, second);
    assert!(matches!(home.app.undo(&root, &USER, second, None, None), Err(AppError::Conflict { .. })));
    home.app.set_disabled(&me, first, false).unwrap();
    let staff = add(&home, "ana.tan", &["staff"]);
    home.app.update(&me, &USER, staff, &input(json!({"roles": ["admin"]})), None).unwrap();
    home.app.set_disabled(&me, first, true).unwrap();
    home.app.set_disabled(&actor(&home, staff), second, true).unwrap();
    assert!(matches!(home.app.undo(&me, &USER, staff, None, None), Err(AppError::Conflict { .. })));
    assert!(home.app.actor_of(staff).unwrap().is_some());
}

#[test]
fn setup_link_creates_the_first_administrator_once() {
    let home = bare("first");
    assert!(!home.app.has_users().unwrap());
    let secret = home.app.create_setup_link(&Actor::program(), None).unwrap();
    let spare = home.app.create_setup_link(&Actor::program(), None).unwrap();
    assert_eq!(home.app.setup_link(&secret).unwrap().unwrap().user_id, None);
    let wrong = SetupInput {
        username: "a b".to_owned(),
        full_name: "Rosa Uy".to_owned(),
        password: "short".to_owned(),
    };
    let refused = home.app.use_setup_link(&secret, &wrong, "192.0.2.1").unwrap_err();
    assert_eq!(fields_of(refused), ["username", "password"]);
    let right = SetupInput {
        username: "Root".to_owned(),
        full_name: "Rosa Uy".to_owned(),
        password: PASSWORD.to_owned(),
    };
    // A form with errors does not use up the link.
    let id = home.app.use_setup_link(&secret, &right, "192.0.2.1").unwrap();
    assert!(home.app.has_users().unwrap());
    come_in(&home, "root", PASSWORD).unwrap();
    assert!(
        actor(&home, id).may(obcms_domain::accounts::Action::Edit, obcms_domain::accounts::Area::Accounts)
    );
    for used in [&secret, &spare] {
        assert!(home.app.setup_link(used).unwrap().is_none());
        assert!(matches!(home.app.use_setup_link(used, &right, "192.0.2.1"), Err(AppError::Conflict { .. })));
    }
    assert!(home.app.create_setup_link(&Actor::program(), None).is_err());
}

#[test]
fn user_sets_the_first_password_by_a_link() {
    let home = bare("link");
    let fields = input(json!({"username": "ana.tan", "full_name": "Ana", "roles": ["staff"]}));
    let id = home.app.create(&Actor::program(), &USER, &fields).unwrap().id;
    let old = home.app.create_setup_link(&Actor::program(), Some(id)).unwrap();
    let secret = home.app.create_setup_link(&Actor::program(), Some(id)).unwrap();
    assert!(home.app.setup_link(&old).unwrap().is_none(), "a new link takes the place of the old one");
    let with = |password: &str| SetupInput { password: password.to_owned(), ..SetupInput::default() };
    assert_eq!(
        fields_of(home.app.use_setup_link(&secret, &with("short"), "192.0.2.1").unwrap_err()),
        ["password"]
    );
    assert_eq!(home.app.use_setup_link(&secret, &with(PASSWORD), "192.0.2.1").unwrap(), id);
    come_in(&home, "ana.tan", PASSWORD).unwrap();
    assert!(home.app.use_setup_link(&secret, &with(OTHER), "192.0.2.1").is_err());
    let late = home.app.create_setup_link(&Actor::program(), Some(id)).unwrap();
    home.pass(SignedDuration::from_hours(72));
    assert!(home.app.use_setup_link(&late, &with(OTHER), "192.0.2.1").is_err());
    assert!(home.app.create_setup_link(&actor(&home, id), Some(id)).is_err(), "staff hand out no links");
}

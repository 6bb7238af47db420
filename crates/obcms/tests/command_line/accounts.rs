//! `user` and `token`, alone and beside a server on the same data, and the first start.

use crate::http::{get, get_as, get_with, post_as, post_form};
use crate::program::{Ended, Folder, Serving, program};

const PASSWORD: &str = "river stone lamp\n";

fn run(folder: &Folder, arguments: &[&str]) -> Ended {
    Ended::of(program(folder, arguments))
}

/// Runs a command that must succeed. Returns its standard output without the final newline.
fn done(folder: &Folder, arguments: &[&str]) -> String {
    let ended = run(folder, arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.errors);
    ended.output.trim_end().to_owned()
}

/// Creates a user with the role. Returns a token for it.
pub fn token_of(folder: &Folder, role: &str) -> String {
    done(folder, &["user", "add", role, "--role", role]);
    done(folder, &["token", "create", "--user", role])
}

#[test]
fn users_are_created_listed_disabled_and_enabled() {
    let folder = Folder::prepared("users");
    let arguments =
        ["user", "add", "Rosa.Uy", "--role", "admin", "--password-stdin", "--full-name", "Rosa Uy"];
    let added = Ended::given(program(&folder, &arguments), PASSWORD);
    assert_eq!((added.code, added.output.as_str()), (Some(0), "rosa.uy can sign in\n"), "{}", added.errors);
    let link = done(&folder, &["user", "add", "ana.tan", "--role", "staff", "--role", "executive"]);
    assert!(link.starts_with("/setup/") && link.lines().count() == 1, "{link}");

    let line = |name: &str| {
        let listed = done(&folder, &["user", "list"]);
        let found = listed.lines().find(|line| line.starts_with(name)).expect("a line for the user");
        found.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("rosa.uy"), "rosa.uy admin open never Rosa Uy");
    assert_eq!(line("ana.tan"), "ana.tan staff,executive open never ana.tan");
    done(&folder, &["user", "disable", "ana.tan"]);
    assert_eq!(line("ana.tan"), "ana.tan staff,executive disabled never ana.tan");
    run(&folder, &["token", "create", "--user", "ana.tan"]).refused(1, &["ana.tan", "user enable"]);
    done(&folder, &["user", "enable", "ana.tan"]);
    assert_eq!(line("ana.tan"), "ana.tan staff,executive open never ana.tan");
    run(&folder, &["user", "disable", "rosa.uy"]).refused(1, &["only administrator"]);
}

#[test]
fn errors_are_one_line_and_create_nothing() {
    let folder = Folder::prepared("wrong-user");
    let short = program(&folder, &["user", "add", "ana.tan", "--role", "staff", "--password-stdin"]);
    Ended::given(short, "short\n").refused(1, &["at least 12"]);
    run(&folder, &["user", "add", "ana tan", "--role", "staff"]).refused(1, &["username", "' '"]);
    assert_eq!(run(&folder, &["user", "add", "ana.tan"]).code, Some(2));
    assert_eq!(run(&folder, &["user", "add", "ana.tan", "--role", "king"]).code, Some(2));
    assert_eq!(done(&folder, &["user", "list"]), "");

    done(&folder, &["user", "add", "ana.tan", "--role", "staff"]);
    run(&folder, &["user", "add", "ANA.TAN", "--role", "staff"]).refused(1, &["username", "Another user"]);
    for command in ["disable", "enable", "reset"] {
        run(&folder, &["user", command, "nobody"]).refused(1, &["'nobody'", "user list"]);
    }
    run(&folder, &["token", "create", "--user", "nobody"]).refused(1, &["'nobody'"]);
    run(&folder, &["token", "create", "--user", "ana.tan", "--expires", "0"]).refused(1, &["days", "1 to"]);
    assert_eq!(run(&folder, &["token", "revoke", "what"]).code, Some(2));
    let absent = "01890000-0000-7000-8000-000000000000";
    run(&folder, &["token", "revoke", absent]).refused(1, &["token"]);
}

#[test]
fn reset_lists_active_access_and_revokes_the_named() {
    let folder = Folder::prepared("reset");
    let serving = Serving::start(&folder, &[]);
    let token = token_of(&folder, "staff");
    let feed = post_as(&serving.address, "/api/v1/feeds", &token, r#"{"name": "Phone"}"#);
    let share = r#"{"name": "March", "modules": ["holidays"]}"#;
    post_as(&serving.address, "/api/v1/shares", &token, share);
    let reset = |more: &[&str]| {
        let ended = run(&folder, &[&["user", "reset", "staff"], more].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.errors);
        assert!(ended.output.starts_with("/setup/") && ended.output.lines().count() == 1, "{}", ended.output);
        let kinds = ended.errors.lines().filter_map(|line| line.split_whitespace().next());
        let kinds = kinds.filter(|word| ["token", "feed", "share"].contains(word)).map(ToOwned::to_owned);
        (kinds.collect::<Vec<_>>().join(" "), ended.errors)
    };
    let (left, listed) = reset(&[]);
    assert_eq!(left, "token feed share", "{listed}");
    assert!(listed.contains("Phone") && listed.contains("March") && !listed.contains(&token), "{listed}");
    let id =
        listed.lines().find(|line| line.starts_with("feed")).and_then(|line| line.split_whitespace().nth(1));
    let id = id.expect("the id of the feed").to_owned();
    assert!(feed.contains(&id), "{feed}");
    assert_eq!(reset(&["--end", &id]).0, "token share");
    run(&folder, &["user", "reset", "staff", "--end", &id]).refused(1, &[&id]);
    assert_eq!(run(&folder, &["user", "reset", "staff", "--end", "everything"]).code, Some(2));
    assert!(get_as(&serving.address, "/api/v1/me", &token).contains("staff"));
    assert_eq!(reset(&["--end", "all"]).0, "");
    assert!(!get_as(&serving.address, "/api/v1/me", &token).contains("staff"));
}

#[test]
fn revoking_a_token_lists_the_addresses_it_created() {
    let folder = Folder::prepared("made-with");
    let serving = Serving::start(&folder, &[]);
    let token = token_of(&folder, "staff");
    post_as(&serving.address, "/api/v1/feeds", &token, r#"{"name": "Phone"}"#);
    let listed = done(&folder, &["token", "list", "--user", "staff"]);
    let id = listed.split_whitespace().next().expect("an id");
    let first = run(&folder, &["token", "revoke", id]);
    assert!(first.code == Some(0) && first.errors.contains("Phone"), "{}", first.errors);
    let second = run(&folder, &["token", "revoke", id, "--end-made"]);
    assert!(second.code == Some(0) && !second.errors.contains("Phone"), "{}", second.errors);
    let third = run(&folder, &["token", "revoke", id]);
    assert!(third.code == Some(0) && !third.errors.contains("Phone"), "{}", third.errors);
}

#[test]
fn failed_and_administrative_access_is_logged() {
    let folder = Folder::prepared("traces");
    let (staff, admin) = (token_of(&folder, "staff"), token_of(&folder, "admin"));
    let serving = Serving::start(&folder, &["--log-format", "json"]);
    let address = &serving.address;
    let share = r#"{"name": "March", "modules": ["holidays"], "passphrase": "tulips"}"#;
    let made = post_as(address, "/api/v1/shares", &staff, share);
    let (_, rest) = made.split_once("/shared/").expect("an address");
    let secret = rest.split('"').next().expect("a secret");
    for _ in 0..30 {
        get_as(address, "/api/v1/me", "obcms_guessed");
    }
    get(address, "/feeds/guessed.ics");
    get(address, "/shared/guessed");
    let form = |path: &str, body: &str| post_form(address, path, body);
    form(&format!("/shared/{secret}"), "passphrase=roses");
    let opened = form(&format!("/shared/{secret}"), "passphrase=tulips");
    let (_, cookie) = opened.split_once("obcms_share=").expect("a cookie");
    let cookie = format!("cookie: obcms_share={}\r\n", cookie.split(';').next().unwrap_or_default());
    assert!(get_with(address, &format!("/shared/{secret}"), &cookie).contains("March"));
    form("/login", "username=staff&password=guessed-by-a-stranger");
    let user = get_as(address, "/api/v1/users?username=staff", &admin);
    let (_, rest) = user.split_once("\"id\":\"").expect("the user");
    let id = rest.split('"').next().expect("an id");
    post_as(address, &format!("/api/v1/users/{id}/disable"), &admin, "{}");
    post_as(
        address,
        "/api/v1/users",
        &admin,
        r#"{"username": "ana.tan", "full_name": "Ana Tan", "roles": ["staff"]}"#,
    );

    serving.signal("TERM");
    let (_, log) = serving.wait();
    let events: Vec<serde_json::Value> =
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let count = |event: &str, outcome: &str, user: &str| {
        let has = |line: &&serde_json::Value| {
            let fields = if line["fields"].is_object() { &line["fields"] } else { *line };
            fields["event"] == event
                && fields["outcome"] == outcome
                && fields["user"] == user
                && fields["address"] == "127.0.0.1"
        };
        events.iter().filter(has).count()
    };
    for (event, outcome, user) in [
        ("feed", "missing", ""),
        ("share", "missing", ""),
        ("share", "wrong_passphrase", ""),
        ("share", "opened", ""),
        ("sign_in", "wrong", "staff"),
        ("account_disabled", "ok", "admin"),
        ("account_created", "ok", "admin"),
        ("roles_changed", "ok", "admin"),
    ] {
        assert_eq!(count(event, outcome, user), 1, "{event} {outcome}: {log}");
    }
    let wrong = count("token", "wrong", "");
    assert!((10..30).contains(&wrong), "{wrong} lines for 30 wrong tokens: {log}");
    for typed in ["guessed", "tulips", "roses", secret] {
        assert!(!log.contains(typed), "{typed} is in the log: {log}");
    }
}

#[test]
fn accounts_and_tokens_are_created_while_a_server_runs() {
    let folder = Folder::prepared("beside");
    let serving = Serving::start(&folder, &[]);
    let token = token_of(&folder, "staff");
    assert!(token.starts_with("obcms_") && token.lines().count() == 1, "{token}");
    let status = |token: &str| {
        let answer = get_as(&serving.address, "/api/v1/tasks", token);
        answer.split_whitespace().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(status(&token), "200");
    assert_eq!(status("obcms_something"), "401");

    let reader = run(&folder, &["token", "create", "--user", "staff", "--name", "reports", "--read-only"]);
    let listed = done(&folder, &["token", "list", "--user", "staff"]);
    let line = listed.lines().find(|line| line.ends_with("reports")).expect("a line for the token");
    assert!(line.contains("  read ") && line.contains("never"), "{line}");
    let id = line.split_whitespace().next().unwrap_or_default();
    assert!(reader.errors.contains(id), "{}", reader.errors);
    assert_eq!(status(reader.output.trim()), "200");
    done(&folder, &["token", "revoke", id]);
    assert_eq!(status(reader.output.trim()), "401");

    done(&folder, &["user", "disable", "staff"]);
    assert_eq!(status(&token), "401");
    let (code, rest) = {
        serving.signal("TERM");
        serving.wait()
    };
    assert_eq!(code.code(), Some(0), "{rest}");
}

#[test]
fn first_start_offers_a_setup_link_until_an_administrator_exists() {
    let folder = Folder::prepared("first-start");
    let link = |serving: Serving| {
        let (output, log) = serving.stop();
        assert!(!log.contains("/setup/"), "{log}");
        let (_, link) = output.split_once("within 24 hours at ")?;
        link.split_whitespace().next().map(ToOwned::to_owned)
    };
    let serving = Serving::start(&folder, &["--public-url", "https://obcms.example.org"]);
    let told = link(serving).expect("a link");
    assert!(told.starts_with("https://obcms.example.org/setup/"), "{told}");
    let serving = Serving::start(&folder, &[]);
    let address = serving.address.clone();
    let told = link(serving).expect("a link");
    assert!(told.starts_with(&format!("http://{address}/setup/")), "{told}");
    done(&folder, &["user", "add", "root", "--role", "admin"]);
    assert_eq!(link(Serving::start(&folder, &[])), None);
}

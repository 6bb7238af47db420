//! People of the office, partners, and teams.

use std::collections::HashMap;
use std::rc::Rc;

use obcms_app::{Actor, App, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TEAM, USER};
use serde_json::json;

use crate::content::people::{PARTNER_POSITIONS, POSITIONS};
use crate::random::Random;
use crate::world::{PROGRAM, Person, World, create, update};
use crate::{Account, days, words};

/// Printed accounts: user name, role, position, team.
const KNOWN: [(&str, &str, &str, &str); 6] = [
    ("admin", "admin", "Information Systems Analyst II", "M&E Unit"),
    ("coordinator", "coordinator", "Development Management Officer IV", "Coordination Unit"),
    ("budget", "budget_officer", "Budget Officer III", "Planning and Budgeting Unit"),
    ("executive", "executive", "Executive Director", ""),
    ("staff", "staff", "Community Development Officer II", "Community Development Unit"),
    ("partner", "partner", "Focal Person for Other Bangsamoro Communities", ""),
];

/// Plans the accounts. Returns the printed ones.
pub fn plan(world: &mut World, password_seed: u64) -> Vec<Account> {
    let mut secret = Random::new(password_seed);
    let mut accounts = Vec::new();
    let mut taken: HashMap<String, usize> = HashMap::new();
    for (username, role, position, team) in KNOWN {
        let full_name = words::full_name(&mut world.random);
        let password = words::password(&mut secret);
        accounts.push(Account {
            username: username.into(),
            password,
            role: role.into(),
            full_name: full_name.clone(),
        });
        add(world, username.to_owned(), full_name, (role, position, team));
    }
    for (role, position, team) in positions(world.counts.users.saturating_sub(KNOWN.len())) {
        let (given, family) = words::name(&mut world.random);
        let number = taken.entry(words::username(given, family, 1)).or_insert(0);
        *number += 1;
        let username = words::username(given, family, *number);
        add(world, username, format!("{given} {family}"), (role, position, team));
    }
    accounts
}

/// Returns the positions to fill: one of each, then the repeated ones, and a partner for every sixth.
fn positions(count: usize) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut office = Vec::new();
    for round in 0..4 {
        for position in POSITIONS.iter().filter(|position| position.count > round) {
            let known = round == 0
                && KNOWN.iter().any(|(_, _, title, team)| *title == position.title && *team == position.team);
            if !known {
                office.push((position.role, position.title, position.team));
            }
        }
    }
    // A small office fills the operational positions first; approvals take several coordinators and budget officers.
    office.sort_by_key(|(role, _, _)| match *role {
        "coordinator" => 0,
        "budget_officer" => 1,
        "staff" => 2,
        _ => 3,
    });
    let mut result = Vec::new();
    let mut partner = PARTNER_POSITIONS.iter().cycle();
    let mut rest = office.iter().cycle();
    while result.len() < count {
        let next = if result.len() % 6 == 5 {
            partner.next().map(|title| ("partner", *title, ""))
        } else {
            rest.next().copied()
        };
        result.extend(next);
    }
    result
}

fn add(
    world: &mut World,
    username: String,
    full_name: String,
    (role, position, team): (&'static str, &'static str, &'static str),
) {
    let when = world.office_hours(world.first_day);
    let phone = format!("(000) 555-{:04}", world.random.between(200, 9999));
    world.schedule(when, PROGRAM, move |world, work| {
        let user = create(
            work,
            &USER,
            json!({
                "username": username, "full_name": full_name, "email": format!("{username}@oobc.example.org"),
                "roles": [role], "position": position, "phone": phone,
            }),
        )?;
        if KNOWN.iter().any(|(known, ..)| *known == username) {
            world.known.insert(role, world.people.len());
        }
        world.people.push(Person { actor: Rc::new(Actor::from_record(&user, Vec::new())), role, team });
        Ok(())
    });
}

/// Assigns members and leads to the teams, once all people exist.
pub fn join_teams(world: &mut World, app: &App) -> Result<(), AppError> {
    let parameters = vec![("limit".to_owned(), "100".to_owned())];
    let teams = app.list(&Actor::program(), &TEAM, &parameters)?.records;
    for team in teams {
        let name = team.title().to_owned();
        let members: Vec<usize> =
            (0..world.people.len()).filter(|person| world.people[*person].team == name).collect();
        let lead = members.iter().copied().find(|person| world.people[*person].role == "coordinator");
        let lead = lead.or(members.first().copied());
        for member in &members {
            let person = &mut world.people[*member];
            let mut actor = (*person.actor).clone();
            actor.teams.push(team.id);
            person.actor = Rc::new(actor);
        }
        let ids: Vec<Id> = members.iter().filter_map(|member| world.id_of(*member)).collect();
        let lead = lead.and_then(|lead| world.id_of(lead));
        let admin = world.known.get("admin").copied().unwrap_or(PROGRAM);
        let when = world.office_hours(days::working(days::plus(world.first_day, 1)));
        world.schedule(when, admin, move |_, work| {
            update(work, &TEAM, team.id, json!({ "members": ids, "lead": lead }))?;
            Ok(())
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Plan, Size};
    use jiff::civil::date;

    fn accounts(seed: u64) -> Vec<Account> {
        let plan = Plan {
            size: Size::Small,
            seed,
            password_seed: seed,
            today: date(2027, 2, 1),
            timezone: "Asia/Manila".to_owned(),
        };
        let zone = plan.zone().expect("the zone exists");
        super::plan(&mut World::new(&plan, zone, plan.first_day(), plan.size.counts()), seed)
    }

    #[test]
    fn seed_determines_names_and_passwords() {
        assert_eq!(accounts(1), accounts(1));
        assert_ne!(accounts(1)[0].full_name, accounts(2)[0].full_name);
        assert_ne!(accounts(1)[0].password, accounts(2)[0].password);
    }

    #[test]
    fn office_of_any_size_has_all_positions() {
        for count in [0, 1, 44, 494] {
            let positions = positions(count);
            assert_eq!(positions.len(), count);
            assert_eq!(positions.iter().filter(|(role, ..)| *role == "partner").count(), count / 6);
        }
    }
}

//! Next steps along the chain, from a community to an application.

use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, assessment, ppa};
use obcms_domain::registry::{Kind, Record};

use crate::components::words::t;
use crate::core::state::State;
use crate::core::subject::NextStep;
use crate::records::may_create;

type Steps = Result<Vec<NextStep>, AppError>;

const fn step(label: &'static str, address: String, kind: &'static Kind) -> NextStep {
    NextStep { label, address, kind, is_made: false }
}

/// Link to a record that the step has made already.
fn link(label: &'static str, kind: &'static Kind, id: Id) -> NextStep {
    NextStep { label, address: kind.url(id), kind, is_made: true }
}

/// Returns the next steps after a need.
pub fn of_need(state: &State, actor: &Actor, need: &Record) -> Steps {
    let id = need.id;
    let (project, answer) = state.app.answers_of_need(actor, id)?;
    let links: Vec<NextStep> = [
        answer.map(|id| link(t!("Open PPA"), &kinds::PPA, id)),
        project.map(|id| link(t!("Open project"), &kinds::PROJECT, id)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if answer.is_some() {
        return Ok(links);
    }
    let title: String = form_urlencoded::byte_serialize(need.title().as_bytes()).collect();
    let ppa = format!("/ppas/new?needs={id}&title={title}&category=moa_ppa");
    let mut steps = vec![step(t!("Create PPA"), ppa, &kinds::PPA)];
    if project.is_some() {
        steps.extend(links);
    } else {
        steps.push(step(t!("Start project"), format!("/projects/new?need={id}"), &kinds::PROJECT));
    }
    Ok(steps)
}

/// Returns the next steps after a PPA.
pub fn of_ppa(state: &State, actor: &Actor, ppa: &Record) -> Steps {
    if let Some(project) = state.app.project_of_ppa(actor, ppa)? {
        return Ok(vec![link(t!("Open project"), &kinds::PROJECT, project)]);
    }
    Ok(match ppa::NEEDS.get(ppa).first() {
        Some(need) if may_create(actor, &kinds::PROJECT) => {
            let address = format!("/projects/new?need={need}&ppa={}", ppa.id);
            vec![step(t!("Start project"), address, &kinds::PROJECT)]
        }
        _ => vec![step(t!("Record need"), new_need_of(state, actor, ppa)?, &kinds::NEED)],
    })
}

/// Returns the next steps after a community.
pub fn of_community(_: &State, _: &Actor, community: &Record) -> Steps {
    Ok(vec![step(t!("Record need"), format!("/needs/new?community={}", community.id), &kinds::NEED)])
}

/// Returns the next steps after an assessment.
pub fn of_assessment(_: &State, _: &Actor, assessment: &Record) -> Steps {
    let community =
        assessment::COMMUNITY.get(assessment).map_or_else(String::new, |id| format!("&community={id}"));
    let address = format!("/needs/new?assessment={}{community}", assessment.id);
    Ok(vec![step(t!("Record need"), address, &kinds::NEED)])
}

/// Returns the next steps after a policy.
pub fn of_policy(_: &State, _: &Actor, policy: &Record) -> Steps {
    let address = format!("/policy-milestones/new?policy={}", policy.id);
    Ok(vec![step(t!("Add milestone"), address, &kinds::POLICY_MILESTONE)])
}

/// Returns the next steps after a service.
pub fn of_service(_: &State, _: &Actor, service: &Record) -> Steps {
    let address = format!("/applications/new?service={}", service.id);
    Ok(vec![step(t!("Record application"), address, &kinds::APPLICATION)])
}

/// Returns the address of the form for a need; its community is filled in if the actor sees exactly one of the PPA.
fn new_need_of(state: &State, actor: &Actor, ppa: &Record) -> Result<String, AppError> {
    let communities = ppa::COMMUNITIES.get(ppa);
    let seen = state.app.directory(actor, communities)?;
    let mut seen = communities.iter().filter(|id| seen.contains_key(id));
    Ok(match (seen.next(), seen.next()) {
        (Some(community), None) => format!("/needs/new?community={community}"),
        _ => "/needs/new".to_owned(),
    })
}

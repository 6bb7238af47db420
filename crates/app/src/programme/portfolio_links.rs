//! Addresses of the rows behind the figures of the portfolio, and the filters of lists that they need.

use jiff::civil::Date;
use obcms_domain::alerts::{HealthPart, Rating};
use obcms_domain::kinds::{PPA, need, ppa, tranche};
use obcms_domain::money::Part;
use obcms_store::SqlValue;
use obcms_store::records::Filter as Condition;

use super::health::rated;
use super::portfolio::{Filter, HIGH_PRIORITY};
use crate::core::Actor;
use crate::core::rules::Shortcut;
use crate::records::lists::Parameters;

/// Filter of PPAs whose money counts.
pub(super) const COUNTED: &str = "counted";
/// Names of the selection in lists of records that belong to a PPA.
const OF_PPA: [&str; 3] = ["ppa.fiscal_year", "ppa.sector", "ppa.coverage_region"];
/// Statuses of PPAs that are not cancelled.
const NOT_CANCELLED: &str = "planning,ongoing,completed,on_hold";
/// Stages of approval of a budget that is neither in draft nor decided.
const IN_APPROVAL: &str =
    "technical_review,budget_review,stakeholder_consultation,executive_approval,enactment";

/// Filters of the list of PPAs beside those of its fields.
pub(crate) const OF_PPAS: &[Shortcut] = &[
    Shortcut {
        name: COUNTED,
        meaning: "true: neither cancelled nor rejected before a budget was in force",
        filters: |_, _| counted(),
    },
    Shortcut {
        name: "late",
        meaning: "true: past its target end, neither completed nor cancelled",
        filters: |_, today| late(today),
    },
    health("schedule_bad", |_, _| rated(HealthPart::Schedule, Rating::Bad)),
    health("schedule_attention", |_, _| rated(HealthPart::Schedule, Rating::Attention)),
    health("schedule_good", |_, _| rated(HealthPart::Schedule, Rating::Good)),
    health("money_bad", |_, _| rated(HealthPart::Money, Rating::Bad)),
    health("money_attention", |_, _| rated(HealthPart::Money, Rating::Attention)),
    health("money_good", |_, _| rated(HealthPart::Money, Rating::Good)),
    health("results_bad", |_, _| rated(HealthPart::Results, Rating::Bad)),
    health("results_attention", |_, _| rated(HealthPart::Results, Rating::Attention)),
    health("results_good", |_, _| rated(HealthPart::Results, Rating::Good)),
];

const fn health(name: &'static str, filters: fn(&Actor, Date) -> Vec<Condition>) -> Shortcut {
    Shortcut {
        name,
        meaning: "true: this part of the health has this rating, see docs/portfolio.md",
        filters,
    }
}

/// Filters of the list of needs beside those of its fields.
pub(crate) const OF_NEEDS: &[Shortcut] = &[
    Shortcut {
        name: "unfunded",
        meaning: "true: open, and no PPA that is not cancelled answers it",
        filters: |_: &Actor, _| unfunded(),
    },
    Shortcut {
        name: "funded",
        meaning: "true: a PPA that is not cancelled answers it",
        filters: |_, _| vec![answered(true)],
    },
];

/// Filters of the ledger beside those of its fields: each entry counts in one sum.
pub(crate) const OF_ENTRIES: &[Shortcut] = &[
    Shortcut {
        name: "allotments",
        meaning: "true: allotments and their adjustments",
        filters: |_, _| vec![of_part(Part::Allocation)],
    },
    Shortcut {
        name: "obligations",
        meaning: "true: obligations and their adjustments",
        filters: |_, _| vec![of_part(Part::Obligation)],
    },
    Shortcut {
        name: "disbursements",
        meaning: "true: disbursements and their adjustments",
        filters: |_, _| vec![of_part(Part::Disbursement)],
    },
];

fn of_part(part: Part) -> Condition {
    let is = |field: &str| Condition::OneOf(field.to_owned(), texts(&[part.as_str()]));
    Condition::Any(vec![is(tranche::KIND.name()), is(tranche::ADJUSTS.name())])
}

fn answered(is_answered: bool) -> Condition {
    let field = ppa::NEEDS.name().to_owned();
    Condition::Named(is_answered, &PPA, field, vec![is_not_cancelled()], None)
}

pub(super) fn texts(values: &[&str]) -> Vec<SqlValue> {
    values.iter().map(|value| SqlValue::from(*value)).collect()
}

fn is_not_cancelled() -> Condition {
    let statuses: Vec<&str> = NOT_CANCELLED.split(',').collect();
    Condition::OneOf(ppa::STATUS.name().to_owned(), texts(&statuses))
}

fn counted() -> Vec<Condition> {
    let stage = ppa::APPROVAL_STAGE.name().to_owned();
    let stages: Vec<&str> = obcms_domain::choices::APPROVAL_STATES
        .iter()
        .map(|state| state.value)
        .filter(|state| *state != "rejected")
        .collect();
    let is_enacted =
        Condition::From(ppa::ENACTED_BUDGET_CENTAVOS.name().to_owned(), SqlValue::Integer(i64::MIN));
    vec![
        is_not_cancelled(),
        Condition::Any(vec![
            Condition::OneOf(stage.clone(), texts(&stages)),
            Condition::Empty(stage),
            is_enacted,
        ]),
    ]
}

fn late(today: Date) -> Vec<Condition> {
    vec![
        Condition::OneOf(ppa::STATUS.name().to_owned(), texts(&["planning", "ongoing", "on_hold"])),
        Condition::Below(ppa::TARGET_END_DATE.name().to_owned(), SqlValue::Date(today)),
    ]
}

fn unfunded() -> Vec<Condition> {
    let open: Vec<&str> = obcms_domain::choices::NEED_STATUSES
        .iter()
        .map(|status| status.value)
        .filter(|status| !["completed", "rejected"].contains(status))
        .collect();
    vec![Condition::OneOf(need::STATUS.name().to_owned(), texts(&open)), answered(false)]
}

impl Filter {
    /// Address of the PPAs of the selection with more filters, which replace those of the same name.
    #[must_use]
    pub fn ppas(&self, more: &[(&str, &str)]) -> String {
        let names = [ppa::FISCAL_YEAR.name(), ppa::SECTOR.name(), ppa::COVERAGE_REGION.name()];
        self.address("/ppas", names, more)
    }

    /// Address of the PPAs whose money counts.
    #[must_use]
    pub fn counted_ppas(&self) -> String {
        self.ppas(&[(COUNTED, "true")])
    }

    /// Address of the PPAs that are rated so in a part of their health.
    #[must_use]
    pub fn rated_ppas(&self, part: HealthPart, rating: Rating) -> String {
        let name = format!("{}_{}", part.as_str(), rating.as_str());
        self.ppas(&[(&name, "true")])
    }

    /// Address of the late PPAs.
    #[must_use]
    pub fn late_ppas(&self) -> String {
        self.ppas(&[("late", "true")])
    }

    /// Address of the PPAs with a budget in force.
    #[must_use]
    pub fn enacted_ppas(&self) -> String {
        self.ppas(&[(COUNTED, "true"), ("enacted_budget_centavos_from", "0")])
    }

    /// Address of the PPAs whose first budget is in approval.
    #[must_use]
    pub fn ppas_in_approval(&self) -> String {
        self.without_budget(IN_APPROVAL)
    }

    /// Address of the PPAs whose first budget is in draft.
    #[must_use]
    pub fn draft_ppas(&self) -> String {
        self.without_budget("draft,none")
    }

    /// Address of the PPAs whose first budget was rejected.
    #[must_use]
    pub fn rejected_ppas(&self) -> String {
        self.without_budget("rejected")
    }

    fn without_budget(&self, stages: &str) -> String {
        self.ppas(&[
            ("status", NOT_CANCELLED),
            ("enacted_budget_centavos", "none"),
            ("approval_stage", stages),
        ])
    }

    /// Address of the cancelled PPAs.
    #[must_use]
    pub fn cancelled_ppas(&self) -> String {
        self.ppas(&[("status", "cancelled")])
    }

    /// Address of the open needs of high priority that no PPA answers. Needs have no fiscal year.
    #[must_use]
    pub fn unfunded_needs(&self) -> String {
        let score = HIGH_PRIORITY.to_string();
        let more = [("unfunded", "true"), ("priority_score_from", score.as_str())];
        self.needs(&more)
    }

    /// Address of the needs of the sector and region, of every year.
    #[must_use]
    pub fn needs(&self, more: &[(&str, &str)]) -> String {
        Self { fiscal_year: None, ..self.clone() }.address("/needs", ["", "sector", "community.region"], more)
    }

    /// Address of the ledger entries of the PPAs that are not cancelled, for one of the sums.
    #[must_use]
    pub fn entries(&self, part: Part) -> String {
        self.entries_with(part, &[])
    }

    /// Address of the ledger entries of [`Filter::entries`] with more filters.
    #[must_use]
    pub(super) fn entries_with(&self, part: Part, more: &[(&str, &str)]) -> String {
        let shortcut = match part {
            Part::Allocation => "allotments",
            Part::Obligation => "obligations",
            Part::Disbursement => "disbursements",
        };
        let own = [("ppa.status", NOT_CANCELLED), (shortcut, "true")];
        self.of_ppas("/tranches", &[&own[..], more].concat())
    }

    /// Address of records that belong to a PPA of the selection.
    #[must_use]
    pub fn of_ppas(&self, path: &str, more: &[(&str, &str)]) -> String {
        self.address(path, OF_PPA, more)
    }

    /// Address of the projects in a stage. Sector and region are those of the need, the year is that of the PPA.
    #[must_use]
    pub fn projects(&self, more: &[(&str, &str)]) -> String {
        self.address("/projects", ["ppa.fiscal_year", "need.sector", "need.community.region"], more)
    }

    /// Address of the tasks of the PPAs of the selection: the open ones, or the late ones of them.
    #[must_use]
    pub fn tasks(&self, are_late: bool) -> String {
        let names = ["origin.ppa.fiscal_year", "origin.ppa.sector", "origin.ppa.coverage_region"];
        let which = (if are_late { "overdue" } else { "open" }, "true");
        if *self == Self::default() {
            self.address("/tasks", names, &[("origin.kind", PPA.name), which])
        } else {
            self.address("/tasks", names, &[which])
        }
    }

    fn address(&self, path: &str, names: [&str; 3], more: &[(&str, &str)]) -> String {
        let parameters = self.parameters(names, more);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Parameters of a list of records that belong to a PPA of the selection.
    pub(super) fn parameters_of_ppas(&self, more: &[(&str, &str)]) -> Parameters {
        self.parameters(OF_PPA, more)
    }

    fn parameters(&self, [year, sector, region]: [&str; 3], more: &[(&str, &str)]) -> Parameters {
        let own = [
            (year, self.fiscal_year.map(|year| year.to_string())),
            (sector, self.sector.clone()),
            (region, self.region.map(|id| id.to_string())),
        ];
        let is_replaced = |name: &str| more.iter().any(|(known, _)| *known == name);
        let own = own.into_iter().filter(|(name, _)| !is_replaced(name));
        let own = own.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        own.chain(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_the_selection() {
        let filter = Filter { fiscal_year: Some(2027), sector: Some("health".to_owned()), region: None };
        assert_eq!(filter.late_ppas(), "/ppas?fiscal_year=2027&sector=health&late=true");
        assert_eq!(
            filter.ppas(&[("sector", "none"), (COUNTED, "true")]),
            "/ppas?fiscal_year=2027&sector=none&counted=true"
        );
        assert_eq!(
            filter.projects(&[("current_stage", "approval")]),
            "/projects?ppa.fiscal_year=2027&need.sector=health&current_stage=approval"
        );
        assert_eq!(filter.unfunded_needs(), "/needs?sector=health&unfunded=true&priority_score_from=80");
        assert_eq!(Filter::default().tasks(true), "/tasks?origin.kind=ppa&overdue=true");
    }
}

//! Monitoring and evaluation: scorecard, flow of money, needs to results, comparison of sectors, sources and regions,
//! time in stage, and forecast.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::programme::analytics::{Analytics, Breakdown};
use obcms_app::programme::portfolio::Group;
use obcms_domain::accounts::Action;
use obcms_domain::kinds::PPA;
use obcms_domain::money::Totals;

use super::portfolio::{count, filter_row, of_one_year, regions};
use crate::components::badges::{money, money_text, percent_text, share_text, short_money_text};
use crate::components::charts::{Bar, bars};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::flow_chart::{FlowStep, flow_chart};
use crate::components::frame::Width;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::programme::api::analytics::{Figure, chain, figures, flow, method};
use crate::programme::api::portfolio::filter;

const PATH: &str = "/monitoring";
/// Kinds whose changes affect the figures.
const LIVE: &str = "ppa need project tranche indicator measurement";

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get(PATH, Access::Policy(Action::View, PPA.area), page).purpose("see ppas")]
}

async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = of_one_year(parameters.known(&["fiscal_year", "sector", "region"]), page.today);
    let chosen = filter(&parameters)?;
    let found = blocking(|| state.app.analytics(&actor, &chosen))?;
    let regions = blocking(|| regions(&state, &chosen))?;
    let (bodies, policies) = blocking(|| {
        let portfolio = &found.portfolio;
        Ok::<_, AppError>((
            state.app.bodies_of(&actor, portfolio)?,
            state.app.policies_of(&actor, portfolio)?,
        ))
    })?;
    let title = t!("Monitoring and evaluation");
    let content = html! {
        (page_head(&PageHead {
            title: title.to_owned(),
            subtitle: t!("As of {day}", day = page.today.strftime("%-d %B %Y")),
            ..PageHead::default()
        }))
        (filter_row(PATH, &parameters, &chosen, &found.portfolio, &regions))
        div id="monitoring" data-live=(LIVE) {
            (scorecard(&figures(&found)))
            div.chart-grid {
                (money_flow(&found))
                (needs(&found))
                (stages(&found))
                (forecast(&found))
            }
            (comparison("sectors", t!("Sectors"), t!("Sector"), &found.sectors))
            (comparison("sources", t!("Funding sources"), t!("Funding source"), &found.sources))
            (comparison("regions", t!("Regions"), t!("Region"), &found.regions))
            (groups("bodies", t!("Participation of lead organizations"), t!("Organization"), &bodies))
            (groups("policies", t!("Policies that PPAs carry out"), t!("Policy"), &policies))
        }
    };
    Ok(Html(page.width(Width::Full).render(title, &content).into_string()))
}

/// A fraction as percent with one decimal; a dash for none.
fn rate(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), share_text)
}

#[allow(clippy::cast_possible_truncation)] // Counts and centavos came from whole numbers.
fn shown(figure: &Figure) -> String {
    match (figure.value, figure.unit) {
        (None, _) => "–".to_owned(),
        (Some(value), "centavos") => short_money_text(value as i64),
        (Some(value), "fraction") => rate(Some(value)),
        (Some(value), "percent") => percent_text(value),
        (Some(value), _) => count(value as i64),
    }
}

fn scorecard(figures: &[Figure]) -> Markup {
    html! {
        dl.figures {
            @for figure in figures {
                div {
                    dt { (figure.label) }
                    dd { @if figure.href.is_empty() { (shown(figure)) } @else { a href=(figure.href) { (shown(figure)) } } }
                }
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)] // Far below 2^53.
fn bar(label: &str, value: i64, text: String, href: String) -> Bar {
    Bar { label: label.to_owned(), value: value as f64, text, href, module: "projects".to_owned() }
}

fn money_flow(found: &Analytics) -> Markup {
    let steps = flow(found);
    if steps.is_empty() {
        return html! {};
    }
    let amounts: Vec<i64> = steps.iter().map(|(_, _, amount, _)| *amount).collect();
    #[allow(clippy::cast_precision_loss)] // Far below 2^53.
    let shown: Vec<FlowStep> = steps
        .into_iter()
        .enumerate()
        .map(|(place, (_, label, amount, href))| {
            let before = place.checked_sub(1).and_then(|place| amounts.get(place)).copied();
            let rest = before.map(|before| before.saturating_sub(amount)).filter(|rest| *rest > 0);
            FlowStep {
                label: label.to_owned(),
                value: amount as f64,
                text: short_money_text(amount),
                rest: rest.map(short_money_text).unwrap_or_default(),
                href,
            }
        })
        .collect();
    let title = t!("Money from enactment to payment");
    panel(
        "flow",
        "",
        title,
        &html! {},
        &html! {
            (flow_chart(title, &shown))
            p.muted {
                (t_html!(
                    "Obligated {obligation} of the allotted, disbursed {disbursement} of the obligated",
                    obligation = rate(found.money.as_ref().and_then(Totals::obligation_rate)),
                    disbursement = rate(found.money.as_ref().and_then(Totals::disbursement_rate)),
                ))
            }
        },
    )
}

fn needs(found: &Analytics) -> Markup {
    let rows: Vec<Bar> = chain(found)
        .into_iter()
        .map(|(_, label, number, href)| bar(label, number, count(number), href))
        .collect();
    let title = t!("From needs to results");
    panel(
        "needs",
        "",
        title,
        &html! {},
        &html! {
            (bars(title, &rows))
            p.muted { (t!("Needs of every year")) }
        },
    )
}

fn stages(found: &Analytics) -> Markup {
    let filter = &found.portfolio.filter;
    let title = t!("Days in the stages of projects");
    let days = |days: Option<f64>| days.map_or_else(|| "–".to_owned(), |days| days.to_string());
    panel(
        "stages",
        "",
        title,
        &html! {},
        &html! {
            table.figure-table {
                caption.visually-hidden { (title) }
                thead { tr {
                    th scope="col" { (t!("Stage")) } th.right scope="col" { (t!("Projects")) }
                    th.right scope="col" { (t!("Average")) } th.right scope="col" { (t!("Longest")) }
                } }
                tbody { @for one in &found.stages { tr {
                    th scope="row" { (words::label(one.stage.label)) }
                    td.right { a href=(filter.projects(&[("current_stage", one.stage.value)])) { (one.projects) } }
                    td.right { (days(one.average_days)) }
                    td.right { (days(one.longest_days)) }
                } } }
            }
        },
    )
}

fn forecast(found: &Analytics) -> Markup {
    let filter = &found.portfolio.filter;
    let rows: Vec<Bar> = found
        .forecast
        .years
        .iter()
        .map(|one| {
            let year = one.year.to_string();
            let href = filter.ppas(&[("fiscal_year", year.as_str()), ("counted", "true")]);
            if one.is_forecast {
                let label = t!("{year}, forecast", year);
                Bar {
                    module: String::new(),
                    ..bar(&label, one.budget, short_money_text(one.budget), String::new())
                }
            } else {
                bar(&year, one.budget, short_money_text(one.budget), href)
            }
        })
        .collect();
    let title = t!("Budget by year");
    panel("forecast", "", title, &html! {}, &html! { (bars(title, &rows)) p.muted { (method(found)) } })
}

/// Table of groups by records that PPAs name.
fn groups(id: &str, title: &'static str, first: &'static str, groups: &[Group]) -> Markup {
    if groups.is_empty() {
        return html! {};
    }
    panel(
        id,
        "",
        title,
        &html! {},
        &html! {
            div.figure-scroll {
                table.figure-table {
                    caption.visually-hidden { (title) }
                    thead { tr {
                        th scope="col" { (first) } th.right scope="col" { (t!("PPAs")) } th.right scope="col" { (t!("Budget")) }
                        th.right scope="col" { (t!("Progress")) }
                    } }
                    tbody { @for one in groups { tr {
                        th scope="row" { (one.label) }
                        td.right { a href=(one.href) { (one.count) } }
                        td.right title=(money_text(one.budget)) { a href=(one.href) { (short_money_text(one.budget)) } }
                        td.right { @match one.progress { Some(share) => (percent_text(share)), None => "–" } }
                    } } }
                }
            }
        },
    )
}

fn comparison(id: &str, title: &'static str, first: &'static str, groups: &[Breakdown]) -> Markup {
    if groups.is_empty() {
        return html! {};
    }
    let amount =
        |amount: Option<i64>| html! { @match amount { Some(amount) => (money(amount)), None => "–" } };
    panel(
        id,
        "",
        title,
        &html! {},
        &html! {
            div.figure-scroll {
                table.figure-table {
                    caption.visually-hidden { (title) }
                    thead { tr {
                        th scope="col" { (first) } th.right scope="col" { (t!("PPAs")) } th.right scope="col" { (t!("Budget")) }
                        th.right scope="col" { (t!("Obligated")) } th.right scope="col" { (t!("Disbursed")) }
                        th.right scope="col" { (t!("Utilization")) } th.right scope="col" { (t!("Progress")) }
                        th.right scope="col" { (t!("OBC slots")) } th.right scope="col" { (t!("Cost per slot")) }
                    } }
                    tbody { @for one in groups {
                        @let money = one.money.as_ref();
                        tr {
                            th scope="row" { (one.group.label) }
                            td.right { a href=(one.group.href) { (one.group.count) } }
                            td.right title=(money_text(one.group.budget)) { a href=(one.group.href) { (short_money_text(one.group.budget)) } }
                            td.right { (amount(money.map(|sums| sums.obligated))) }
                            td.right { (amount(money.map(|sums| sums.disbursed))) }
                            td.right { (rate(money.and_then(Totals::utilization))) }
                            td.right { @match one.group.progress { Some(share) => (percent_text(share)), None => "–" } }
                            td.right { (count(one.obc_slots)) }
                            td.right { (amount(one.cost_per_beneficiary)) }
                        }
                    } }
                }
            }
        },
    )
}

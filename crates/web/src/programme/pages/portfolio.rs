//! Portfolio: the state of all PPAs on one page.

use std::cmp::Reverse;

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::programme::portfolio::{Filter, Group, LISTED, Line, Portfolio};
use obcms_app::programme::trend::QuarterSums;
use obcms_domain::accounts::Action;
use obcms_domain::alerts::{Health, HealthPart, Rating};
use obcms_domain::choices::{self, PPA_STATUSES, SECTORS};
use obcms_domain::kinds::PPA;
use obcms_domain::money::Part;

use crate::components::badges::{self, Tone, badge, grouped, money_text, short_money_text};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::charts::{Bar, StackedBar, bars, stacked_bars};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::filters::{Chip, Filters, filters};
use crate::components::forms::{Choice, Control, FormField};
use crate::components::frame::Width;
use crate::components::tables::{Column, Direction, Pager, Row, Table, table};
use crate::components::tile_map::{Tile, tile_map};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::{PageParameters, Parameters};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::programme::api::portfolio::{ALL_YEARS, filter};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/portfolio", Access::Policy(Action::View, PPA.area), page).purpose("see ppas")]
}

const PATH: &str = "/portfolio";
const FILTERS: [&str; 3] = ["fiscal_year", "sector", "region"];
/// Kinds whose changes affect the figures.
const LIVE: &str = "ppa task need project alert tranche goal";

async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters =
        of_one_year(parameters.known(&["fiscal_year", "sector", "region", "sort", "cursor"]), page.today);
    let chosen = filter(&parameters)?;
    let first = match parameters.get("cursor").filter(|text| !text.is_empty()) {
        None => 0,
        Some(text) => text.parse().map_err(|_| Parameters::wrong("cursor", "Must be a whole number."))?,
    };
    let sort = parameters.get("sort").unwrap_or_default();
    let figures = blocking(|| state.app.portfolio(&actor, &chosen))?;
    let mut lines: Vec<&Line> = figures.lines.iter().collect();
    if !sorted(&mut lines, sort) {
        return Err(Parameters::wrong("sort", "You cannot sort by this column.").into());
    }
    let regions = blocking(|| regions(&state, &chosen))?;
    let (goals, trend) = blocking(|| {
        Ok::<_, AppError>((state.app.goals_of(&actor, &figures)?, state.app.trend(&actor, &chosen)?))
    })?;
    let content = html! {
        (page_head(&PageHead {
            title: t!("Portfolio").to_owned(),
            subtitle: t!("As of {day}", day = page.today.strftime("%-d %B %Y")),
            actions: html! {
                (button_link(t!("Export"), &export_address(&parameters), "download", ButtonKind::Plain))
            },
            ..PageHead::default()
        }))
        (filter_row(PATH, &parameters, &chosen, &figures, &regions))
        div id="figures" data-live=(LIVE) { (totals(&figures)) }
        @if figures.lines.is_empty() {
            (empty_state(&EmptyState {
                icon: "folder-kanban".to_owned(),
                title: t!("No PPAs").to_owned(),
                text: t!("Programmes, projects and activities are listed here with budget, progress and dates.").to_owned(),
                action: crate::records::may_create(&actor, &PPA).then(|| (t!("New PPA").to_owned(), "/ppas/new".to_owned())),
            }))
        } @else {
            div.chart-grid id="charts" data-live=(LIVE) {
                (steps(&figures))
                (health(&figures))
                (charts(&figures))
                (quarters(&figures, &trend))
                (map(&figures))
                @if !goals.is_empty() { (chart("goals", t!("Budget by strategic goal"), &goals, true)) }
            }
            (ppa_table(&lines, &parameters, sort, first, page.today))
        }
    };
    Ok(Html(page.width(Width::Full).render(t!("Portfolio"), &content).into_string()))
}

/// Sets the present year where none is given: several years in one sum mean nothing, unless somebody asks for them.
pub(super) fn of_one_year(mut parameters: Parameters, today: jiff::civil::Date) -> Parameters {
    if parameters.get("fiscal_year").is_none_or(str::is_empty) {
        parameters.0.retain(|(name, _)| name != "fiscal_year");
        parameters.0.push(("fiscal_year".to_owned(), today.year().to_string()));
    }
    parameters
}

/// Returns the regions for the filter: id and name.
pub(super) fn regions(state: &State, chosen: &Filter) -> Result<Vec<(String, String)>, AppError> {
    let found = state.app.portfolio_regions()?;
    let mut found: Vec<(String, String)> =
        found.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    if let Some(region) = chosen.region.map(|id| id.to_string())
        && !found.iter().any(|(id, _)| *id == region)
    {
        found.push((region.clone(), region));
    }
    Ok(found)
}

/// Returns the address of the file with the same filters.
fn export_address(parameters: &Parameters) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (key, kept) in
        parameters.0.iter().filter(|(key, kept)| FILTERS.contains(&key.as_str()) && !kept.is_empty())
    {
        query.append_pair(key, kept);
    }
    format!("/api/v1/portfolio/export.xlsx?{}", query.finish()).trim_end_matches('?').to_owned()
}

/// Returns the address with one parameter set, or removed when the value is empty.
fn address(path: &str, parameters: &Parameters, name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (key, kept) in &parameters.0 {
        // Another filter or order starts at the first page again.
        if key != name && key != "cursor" && !kept.is_empty() {
            query.append_pair(key, kept);
        }
    }
    if !value.is_empty() {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Row of the filters of a page over PPAs.
pub(super) fn filter_row(
    path: &str,
    parameters: &Parameters,
    chosen: &Filter,
    figures: &Portfolio,
    regions: &[(String, String)],
) -> Markup {
    let values = [
        chosen.fiscal_year.map(|year| year.to_string()),
        chosen.sector.clone(),
        chosen.region.map(|id| id.to_string()),
    ];
    let region_name =
        |id: &str| regions.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name).to_owned();
    let labels = [t!("Fiscal year"), t!("Sector"), t!("Region")];
    let words = |place: usize, value: &str| match place {
        1 => words::choice(SECTORS, sector_value(value)).to_owned(),
        2 => region_name(value),
        _ => value.to_owned(),
    };
    let chips = values
        .iter()
        .enumerate()
        .filter_map(|(place, value)| {
            let value = value.as_ref()?;
            Some(Chip {
                label: labels[place].to_owned(),
                value: words(place, value),
                remove_href: address(
                    path,
                    parameters,
                    FILTERS[place],
                    if place == 0 { ALL_YEARS } else { "" },
                ),
            })
        })
        .collect();
    let all: [Vec<(String, String)>; 3] = [
        [(ALL_YEARS.to_owned(), t!("All years").to_owned())]
            .into_iter()
            .chain(figures.fiscal_years.iter().map(|year| (year.to_string(), year.to_string())))
            .collect(),
        SECTORS
            .iter()
            .map(|sector| (sector.value.to_owned(), words::label(sector.label).to_owned()))
            .collect(),
        regions.to_vec(),
    ];
    let fields = all
        .into_iter()
        .enumerate()
        .map(|(place, entries)| FormField {
            name: FILTERS[place].to_owned(),
            label: labels[place].to_owned(),
            control: Control::Select {
                options: entries
                    .into_iter()
                    .map(|(value, label)| Choice {
                        selected: values[place].as_deref() == Some(value.as_str()),
                        value,
                        label,
                    })
                    .collect(),
            },
            ..FormField::default()
        })
        .collect();
    filters(
        &Filters {
            action: path.to_owned(),
            chips,
            fields,
            keep: parameters.0.iter().filter(|(name, _)| name != "cursor").cloned().collect(),
            clear_href: path.to_owned(),
            ..Filters::default()
        },
        &html! {},
    )
}

fn sector_value(value: &str) -> &'static str {
    SECTORS.iter().find(|sector| sector.value == value).map_or("", |sector| sector.value)
}

pub(super) fn count(number: i64) -> String {
    grouped(number.unsigned_abs())
}

/// Figure of the head: label, text, and the address of its rows or nothing for a mean.
type Figure = (&'static str, String, String);

fn totals(figures: &Portfolio) -> Markup {
    let sums = &figures.totals;
    let filter = &figures.filter;
    let share = |progress: Option<f64>| progress.map_or_else(|| "–".to_owned(), |share| format!("{share}%"));
    let shown: [Figure; 9] = [
        (t!("PPAs"), grouped(figures.lines.len() as u64), filter.ppas(&[])),
        (t!("Budget"), short_money_text(sums.budget), filter.counted_ppas()),
        (t!("Average progress"), share(sums.average_progress), String::new()),
        (t!("Progress weighted by budget"), share(sums.budget_weighted_progress), String::new()),
        (t!("Late PPAs"), grouped(sums.late as u64), filter.late_ppas()),
        (t!("OBC slots"), count(sums.obc_slots), filter.counted_ppas()),
        (t!("Open tasks"), count(sums.tasks.open), filter.tasks(false)),
        (t!("Late tasks"), count(sums.tasks.late), filter.tasks(true)),
        (
            t!("High-priority needs without a PPA"),
            count(figures.needs.unfunded_high_priority),
            filter.unfunded_needs(),
        ),
    ];
    html! {
        dl.figures {
            @for (label, value, href) in &shown {
                div {
                    dt { (label) }
                    dd title=[(*label == t!("Budget")).then(|| money_text(sums.budget))] {
                        @if href.is_empty() { (value) } @else { a href=(href) { (value) } }
                    }
                }
            }
        }
        (standing(figures))
    }
}

/// Parts of the budget, and money that it leaves out.
fn standing(figures: &Portfolio) -> Markup {
    let sums = &figures.totals;
    let filter = &figures.filter;
    let part = |label: &'static str, amount: i64, href: String| (label, amount, href);
    let counted = [
        part(t!("enacted"), sums.enacted, filter.enacted_ppas()),
        part(t!("in approval"), sums.in_approval, filter.ppas_in_approval()),
        part(t!("draft"), sums.draft, filter.draft_ppas()),
    ];
    let left_out = [
        part(t!("cancelled"), sums.cancelled, filter.cancelled_ppas()),
        part(t!("rejected"), sums.rejected, filter.rejected_ppas()),
    ];
    let list = |parts: &[(&'static str, i64, String)]| {
        html! {
            @for (place, (label, amount, href)) in parts.iter().filter(|(_, amount, _)| *amount != 0).enumerate() {
                @if place > 0 { " · " }
                a href=(href) title=(money_text(*amount)) { (short_money_text(*amount)) " " (label) }
            }
        }
    };
    html! {
        @if sums.budget != 0 { p.portfolio-money { (t!("Budget:")) " " (list(&counted)) } }
        @if sums.cancelled != 0 || sums.rejected != 0 {
            p.portfolio-money.muted { (t!("Not counted:")) " " (list(&left_out)) }
        }
    }
}

fn charts(figures: &Portfolio) -> Markup {
    html! {
        (chart("status", t!("PPAs by status"), &figures.by_status, false))
        (pipeline(figures))
        (chart("sector", t!("Budget by sector"), &figures.by_sector, true))
        (chart("funding", t!("Budget by funding source"), &figures.by_funding_source, true))
        (chart("approval", t!("Budget approval"), &figures.by_approval_stage, false))
        (chart("region", t!("Budget by region"), &figures.by_region, true))
    }
}

/// Bar chart of a distribution; each bar links to its PPAs.
fn chart(id: &str, title: &str, groups: &[Group], by_budget: bool) -> Markup {
    #[allow(clippy::cast_precision_loss)]
    let rows: Vec<Bar> = groups
        .iter()
        .map(|group| Bar {
            label: group.label.clone(),
            href: group.href.clone(),
            value: if by_budget { group.budget as f64 } else { group.count as f64 },
            text: if by_budget {
                format!("{} · {}", short_money_text(group.budget), group.count)
            } else {
                group.count.to_string()
            },
            module: "projects".to_owned(),
        })
        .collect();
    panel(&format!("chart-{id}"), "", title, &html! {}, &bars(title, &rows))
}

/// Pipeline from needs to completed PPAs.
fn steps(figures: &Portfolio) -> Markup {
    #[allow(clippy::cast_precision_loss)]
    let rows: Vec<Bar> = figures
        .steps()
        .into_iter()
        .map(|step| Bar {
            label: words::label(step.label).to_owned(),
            value: step.count as f64,
            text: format!("{} · {}", count(step.count), short_money_text(step.amount)),
            href: step.href,
            module: "projects".to_owned(),
        })
        .collect();
    let title = t!("From need to completion");
    panel(
        "chart-steps",
        "",
        title,
        &html! {},
        &html! { (bars(title, &rows)) p.muted { (t!("Needed: open needs of all years that no PPA answers")) } },
    )
}

/// Numbers of PPAs by part and rating of their health; nothing for who may not see alerts.
fn health(figures: &Portfolio) -> Markup {
    if figures.lines.iter().all(|line| line.health == Health::default()) {
        return html! {};
    }
    let title = t!("Health of open PPAs");
    panel(
        "health",
        "",
        title,
        &html! {},
        &html! {
            table.figure-table {
                caption.visually-hidden { (title) }
                thead { tr {
                    th scope="col" { (t!("Part")) }
                    @for one in Rating::RATED { th.right scope="col" { span.rating { (rating_mark(one)) (words::label(one.label())) } } }
                } }
                tbody { @for part in HealthPart::ALL { tr {
                    th scope="row" { (words::label(part.label())) }
                    @for one in Rating::RATED {
                        td.right { a href=(figures.filter.rated_ppas(part, one)) { (figures.rated(part, one)) } }
                    }
                } } }
            }
            p.muted { (t!("By the alerts about them that are not resolved.")) " " a href="/alerts?state=active&kind=ppa" { (t!("Alerts about PPAs")) } }
        },
    )
}

/// Sign of a rating, told apart by form and color.
fn rating_mark(rating: Rating) -> Markup {
    html! { span.rating-mark data-rating=[(rating != Rating::None).then_some(rating.as_str())] aria-hidden="true" {} }
}

/// Ratings of a PPA as three signs, with words for screen readers.
fn ratings(health: Health) -> Markup {
    let words: Vec<String> = HealthPart::ALL
        .iter()
        .zip(health)
        .map(|(part, rating)| {
            format!("{}: {}", words::label(part.label()), words::label(rating.label()).to_lowercase())
        })
        .collect();
    let text = words.join(", ");
    html! {
        span.rating title=(text) {
            @for rating in health { (rating_mark(rating)) }
            span.visually-hidden { (text) }
        }
    }
}

/// Obligated and disbursed by quarter; nothing for who may not see ledgers.
fn quarters(figures: &Portfolio, trend: &[QuarterSums]) -> Markup {
    if trend.is_empty() {
        return html! {};
    }
    let title = t!("Money by quarter");
    let parts = [(Part::Obligation, t!("Obligated")), (Part::Disbursement, t!("Disbursed"))];
    let sum = |one: &QuarterSums, part: Part| match part {
        Part::Obligation => one.sums.obligated,
        _ => one.sums.disbursed,
    };
    #[allow(clippy::cast_precision_loss)]
    let rows: Vec<StackedBar> = trend
        .iter()
        .map(|one| StackedBar {
            label: one.quarter.to_string(),
            parts: vec![
                one.sums.disbursed as f64,
                one.sums.obligated.saturating_sub(one.sums.disbursed).max(0) as f64,
            ],
            text: short_money_text(one.sums.obligated),
        })
        .collect();
    panel(
        "chart-quarters",
        "",
        title,
        &html! {},
        &html! {
            (stacked_bars(title, &[t!("Disbursed"), t!("Obligated beyond that")], &rows))
            details {
                summary { (t!("Table")) }
                table.figure-table {
                    caption.visually-hidden { (title) }
                    thead { tr {
                        th scope="col" { (t!("Quarter")) }
                        @for (_, label) in parts { th.right scope="col" { (label) } }
                    } }
                    tbody { @for one in trend { tr {
                        th scope="row" { (one.quarter) }
                        @for (part, _) in parts {
                            td.right { a href=(figures.filter.entries_of(one.quarter, part)) { (money_text(sum(one, part))) } }
                        }
                    } } }
                }
            }
        },
    )
}

/// Budget by region on a map.
fn map(figures: &Portfolio) -> Markup {
    #[allow(clippy::cast_precision_loss)]
    let tiles: Vec<Tile> = figures
        .by_region
        .iter()
        .filter_map(|group| {
            let code = group.key.as_deref()?.get(..2)?.to_owned();
            Some(Tile {
                code,
                label: group.label.clone(),
                value: group.budget as f64,
                text: short_money_text(group.budget),
                href: group.href.clone(),
            })
        })
        .collect();
    if tiles.is_empty() {
        return html! {};
    }
    panel("chart-map", "", t!("Budget on the map"), &html! {}, &tile_map(t!("Budget by region"), &tiles))
}

fn pipeline(figures: &Portfolio) -> Markup {
    #[allow(clippy::cast_precision_loss)]
    let rows: Vec<Bar> = figures
        .pipeline
        .iter()
        .map(|(stage, count)| Bar {
            label: stage.label.to_owned(),
            href: figures.filter.projects(&[("current_stage", stage.value)]),
            value: *count as f64,
            text: count.to_string(),
            module: "mana".to_owned(),
        })
        .collect();
    let blocked = figures.blocked_projects;
    panel(
        "chart-pipeline",
        "",
        t!("Projects by stage"),
        &html! { (button_link(t!("Board"), "/projects/board", "columns-3", ButtonKind::Quiet)) },
        &html! {
            (bars(t!("Projects by stage"), &rows))
            @if blocked > 0 {
                p { a href=(figures.filter.projects(&[("is_blocked", "true")])) { (t!("Blocked projects: {blocked}", blocked)) } }
            }
        },
    )
}

/// Columns of the table, with their sort keys.
const COLUMNS: [(&str, &str, bool); 8] = [
    ("title", "PPA", false),
    ("status", "Status", false),
    ("health", "Health", false),
    ("progress", "Progress", false),
    ("budget", "Budget", true),
    ("start_date", "Start", false),
    ("target_end_date", "Target end", false),
    ("late_tasks", "Late / open tasks", true),
];

/// Sorts the lines; an empty sort keeps those that need attention first. False for an unknown column.
fn sorted(lines: &mut [&Line], sort: &str) -> bool {
    let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    match name {
        "" => {}
        "title" => lines.sort_by_cached_key(|line| line.ppa.title.to_lowercase()),
        "status" => lines.sort_by_key(|line| choices::position(PPA_STATUSES, &line.ppa.status)),
        "health" => lines.sort_by_key(|line| Reverse(line.health)),
        "progress" => lines.sort_by_key(|line| line.ppa.progress),
        "budget" => lines.sort_by_key(|line| line.ppa.budget),
        "start_date" => lines.sort_by_key(|line| line.ppa.start_date),
        "target_end_date" => lines.sort_by_key(|line| line.ppa.target_end_date),
        "late_tasks" => lines.sort_by_key(|line| line.tasks.late),
        _ => return false,
    }
    if descending {
        lines.reverse();
    }
    true
}

fn ppa_table(
    lines: &[&Line],
    parameters: &Parameters,
    sort: &str,
    first: usize,
    today: jiff::civil::Date,
) -> Markup {
    let (by, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    let columns = COLUMNS
        .iter()
        .map(|(key, label, right)| Column {
            key: (*key).to_owned(),
            label: words::text(label).to_owned(),
            sort_href: address(
                PATH,
                parameters,
                "sort",
                &if by == *key && !descending { format!("-{key}") } else { (*key).to_owned() },
            ),
            sorted: (by == *key).then_some(if descending {
                Direction::Descending
            } else {
                Direction::Ascending
            }),
            right: *right,
            hidden: *key == "start_date",
            ..Column::default()
        })
        .collect();
    let rows = lines.iter().skip(first).take(LISTED).map(|line| row(line, today)).collect();
    let next = first.saturating_add(LISTED);
    let pager = Pager {
        total: Some(lines.len() as u64),
        next_href: if next < lines.len() {
            let address = address(PATH, parameters, "cursor", "");
            let join = if address.contains('?') { '&' } else { '?' };
            format!("{address}{join}cursor={next}")
        } else {
            String::new()
        },
        first_href: if first > 0 { address(PATH, parameters, "cursor", "") } else { String::new() },
        page_size: 50,
    };
    table(&Table {
        id: "portfolio-ppas".to_owned(),
        caption: t!("PPAs, most urgent first").to_owned(),
        columns,
        rows,
        pager,
        live: LIVE.to_owned(),
        ..Table::default()
    })
}

fn row(line: &Line, today: jiff::civil::Date) -> Row {
    let ppa = &line.ppa;
    let status = PPA_STATUSES.iter().find(|status| status.value == ppa.status);
    let share = u8::try_from(ppa.progress).unwrap_or(0);
    let day =
        |day: Option<jiff::civil::Date>| html! { @if let Some(day) = day { (badges::date(day, today)) } };
    Row {
        id: ppa.id.to_string(),
        href: PPA.url(ppa.id),
        title: ppa.title.clone(),
        cells: vec![
            html! { (ppa.title) },
            html! {
                (badge(status.map_or("", |status| words::label(status.label)), Tone::of_status(&ppa.status)))
                @if line.is_late { " " (badge(t!("Late"), Tone::Bad)) }
            },
            html! { @if line.health != Health::default() { (ratings(line.health)) } },
            badges::progress(share),
            html! { @if ppa.budget > 0 { (badges::money(ppa.budget)) } },
            day(ppa.start_date),
            html! {
                @if let (true, Some(end)) = (line.is_late, ppa.target_end_date) { (badges::due_date(end, today)) }
                @else { (day(ppa.target_end_date)) }
            },
            html! { (line.tasks.late) " / " (line.tasks.open) },
        ],
        past: ppa.status == "cancelled",
        ..Row::default()
    }
}

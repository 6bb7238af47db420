//! Gantt chart as SVG from the server: readable without script and on paper. `ui/src/tasks/gantt.ts` moves its bars by
//! pointer and keyboard.

use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

use super::words::{t, t_html};

/// Height of a row in pixels, as in `gantt.css`.
const ROW: i64 = 34;
/// Height of the head with months and days.
const HEAD: i64 = 40;

/// Gantt chart.
#[derive(Debug, Default, Clone)]
pub struct Gantt {
    /// First and last day of the axis.
    pub span: Option<(Date, Date)>,
    /// Width of a day in pixels.
    pub day_width: i64,
    /// Today.
    pub today: Date,
    /// Days off on weekdays.
    pub holidays: Vec<Date>,
    /// Rows in their order.
    pub rows: Vec<GanttRow>,
    /// Dependencies: places of the prerequisite and of the dependent among the rows.
    pub links: Vec<(usize, usize)>,
}

/// Row with one task.
#[derive(Debug, Default, Clone)]
pub struct GanttRow {
    /// Id.
    pub id: String,
    /// Version.
    pub version: i64,
    /// Title.
    pub title: String,
    /// Address.
    pub href: String,
    /// Text beneath the title, such as the assignees.
    pub note: String,
    /// First day, where it has one beside the last.
    pub start: Option<Date>,
    /// Last day.
    pub due: Option<Date>,
    /// Dates of the baseline.
    pub baseline: Option<(Date, Date)>,
    /// Progress in percent.
    pub progress: u8,
    /// State for the color: `open`, `late`, `done`, `held`.
    pub state: &'static str,
    /// Words for screen readers: dates and state.
    pub spoken: String,
    /// True if its dates may be moved.
    pub is_movable: bool,
}

impl GanttRow {
    fn days(&self) -> Option<(Date, Date)> {
        let first = self.start.or(self.due)?;
        Some((first, self.due.unwrap_or(first).max(first)))
    }
}

/// Axis from days to pixels.
struct Axis {
    first: Date,
    days: i64,
    width: i64,
}

impl Axis {
    fn day(&self, day: Date) -> i64 {
        i64::from(day.since(self.first).map_or(0, |span| span.get_days()))
    }

    fn x(&self, day: Date) -> i64 {
        self.day(day).clamp(0, self.days) * self.width
    }

    /// Left and right edge of the days from first to last.
    fn edges(&self, (first, last): (Date, Date)) -> (i64, i64) {
        (self.x(first), self.x(last.saturating_add(1.day())))
    }
}

/// Gantt chart.
#[must_use]
pub fn gantt(chart: &Gantt) -> Markup {
    let Some((first, last)) = chart.span else { return html! {} };
    let days = i64::from(last.since(first).map_or(0, |span| span.get_days())) + 1;
    let axis = Axis { first, days, width: chart.day_width.max(1) };
    let height = HEAD + ROW * i64::try_from(chart.rows.len()).unwrap_or(0);
    html! {
        div.gantt #gantt data-live="task" data-day=(axis.width) data-first=(first) {
            ol.gantt-names aria-label=(t!("Tasks")) {
                @for row in &chart.rows {
                    li { a href=(row.href) title=(row.title) { (row.title) } @if !row.note.is_empty() { span.faint { (row.note) } } }
                }
            }
            div.gantt-scroll tabindex="0" role="region" aria-label=(t!("Time axis")) {
                svg.gantt-chart width=(axis.days * axis.width) height=(height)
                    viewBox={ "0 0 " (axis.days * axis.width) " " (height) } role="group" aria-label=(t!("Gantt chart")) {
                    defs {
                        marker #gantt-arrow viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" markerHeight="6" orient="auto" {
                            path.gantt-head d="M0 0 L6 3 L0 6 z" {}
                        }
                    }
                    (off_days(&axis, &chart.holidays, height))
                    (scale(&axis))
                    @for place in 0..chart.rows.len() {
                        @let y = top(place);
                        line.gantt-line x1="0" x2=(axis.days * axis.width) y1=(y) y2=(y) {}
                    }
                    @let x = axis.x(chart.today) + axis.width / 2;
                    line.gantt-today x1=(x) x2=(x) y1=(HEAD - 6) y2=(height) { title { (t!("Today")) } }
                    @for (place, row) in chart.rows.iter().enumerate() { (bar(&axis, place, row)) }
                    @for (from, to) in &chart.links { (arrow(&axis, chart, *from, *to)) }
                }
            }
        }
    }
}

fn top(place: usize) -> i64 {
    HEAD + ROW * i64::try_from(place).unwrap_or(0)
}

/// Weekends and holidays as bands; at small scale they would only be noise.
fn off_days(axis: &Axis, holidays: &[Date], height: i64) -> Markup {
    let is_off = |day: Date| obcms_domain::holidays::is_weekend(day) || holidays.contains(&day);
    html! {
        @if axis.width >= 6 {
            @for place in 0..axis.days {
                @if is_off(axis.first.saturating_add(place.days())) {
                    rect.gantt-off x=(place * axis.width) y=(HEAD) width=(axis.width) height=(height - HEAD) {}
                }
            }
        }
    }
}

/// Months, and beneath them days or the Mondays.
fn scale(axis: &Axis) -> Markup {
    html! {
        @for place in 0..axis.days {
            @let day = axis.first.saturating_add(place.days());
            @let x = place * axis.width;
            @if day.day() == 1 || place == 0 {
                line.gantt-line x1=(x) x2=(x) y1="0" y2=(HEAD) {}
                text.gantt-month x=(x + 4) y="15" { (day.strftime("%b %Y").to_string()) }
            }
            @if axis.width >= 20 || (axis.width >= 6 && place % 7 == 0) {
                text.gantt-day x=(x + 4) y="33" { (day.day()) }
            }
        }
    }
}

fn bar(axis: &Axis, place: usize, row: &GanttRow) -> Markup {
    let Some(days) = row.days() else { return html! {} };
    let y = top(place);
    let (left, right) = axis.edges(days);
    let width = (right - left).max(4);
    let done = width * i64::from(row.progress.min(100)) / 100;
    html! {
        @if let Some(baseline) = row.baseline {
            @let (from, to) = axis.edges(baseline);
            rect.gantt-baseline x=(from) y=(y + 25) width=((to - from).max(3)) height="4" rx="2" {
                title { (t!("Baseline")) }
            }
        }
        g.gantt-bar data-state=(row.state) data-task=(row.id) data-version=(row.version) data-place=(place)
            data-start=[row.start] data-due=[row.due] data-fixed[!row.is_movable] tabindex="0" role="button"
            aria-label={ (row.title) ". " (row.spoken) } {
            title { (row.title) ". " (row.spoken) }
            rect.gantt-body x=(left) y=(y + 7) width=(width) height="16" rx="3" {}
            @if done > 0 { rect.gantt-done x=(left) y=(y + 7) width=(done) height="16" rx="3" {} }
            @if row.is_movable {
                rect.gantt-edge data-edge="start" x=(left - 3) y=(y + 5) width="8" height="20" {}
                rect.gantt-edge data-edge="due" x=(right - 5) y=(y + 5) width="8" height="20" {}
            }
        }
    }
}

/// Arrow from the end of a task to the start of the one that depends on it.
fn arrow(axis: &Axis, chart: &Gantt, from: usize, to: usize) -> Markup {
    let ends = |place: usize| chart.rows.get(place).and_then(GanttRow::days).map(|days| axis.edges(days));
    let (Some((_, start)), Some((end, _))) = (ends(from), ends(to)) else { return html! {} };
    let (y1, y2) = (top(from) + 15, top(to) + 15);
    let path = if end >= start + 12 {
        format!("M{start} {y1} h6 V{y2} H{end}")
    } else {
        // The dependent begins before its prerequisite ends: the arrow goes around both.
        let between = y1 + if y2 > y1 { 12 } else { -12 };
        format!("M{start} {y1} h6 V{between} H{} V{y2} H{end}", end - 8)
    };
    html! {
        path.gantt-arrow data-late[end < start] d=(path) marker-end="url(#gantt-arrow)" {
            title { (t_html!("{dependent} depends on {prerequisite}", dependent = chart.rows[to].title, prerequisite = chart.rows[from].title)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn row(title: &str, start: Option<Date>, due: Option<Date>) -> GanttRow {
        GanttRow { title: title.to_owned(), start, due, is_movable: true, ..GanttRow::default() }
    }

    #[test]
    fn bars_and_arrows_are_at_their_days() {
        let chart = Gantt {
            span: Some((date(2026, 11, 30), date(2026, 12, 13))),
            day_width: 10,
            today: date(2026, 12, 1),
            holidays: vec![date(2026, 11, 30)],
            rows: vec![
                row("A", Some(date(2026, 12, 1)), Some(date(2026, 12, 2))),
                row("B", None, Some(date(2026, 12, 7))),
                row("C", None, None),
            ],
            links: vec![(0, 1), (1, 2)],
        };
        let text = gantt(&chart).into_string();
        assert!(text.contains("class=\"gantt-body\" x=\"10\" y=\"47\" width=\"20\""), "{text}");
        assert!(text.contains("d=\"M30 55 h6 V89 H70\""), "{text}");
        assert_eq!(text.matches("class=\"gantt-bar\"").count(), 2, "a task without a date has no bar");
        assert_eq!(text.matches("<path class=\"gantt-arrow\"").count(), 1);
        assert_eq!(text.matches("class=\"gantt-off\"").count(), 5, "two weekends and a holiday");
    }

    #[test]
    fn days_beyond_the_axis_end_at_its_edge() {
        let axis = Axis { first: date(2026, 12, 1), days: 10, width: 5 };
        assert_eq!(axis.edges((date(1990, 1, 1), date(2200, 1, 1))), (0, 50));
    }
}

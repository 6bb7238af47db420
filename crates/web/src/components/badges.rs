//! Badges: states, modules, priorities, people, progress, money and dates.

use jiff::civil::Date;
use maud::{Markup, html};

use super::icons::icon;
use crate::components::words::t;

/// Meaning of a state, which gives its color. The text is always present too.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neutral.
    #[default]
    Neutral,
    /// In progress.
    Active,
    /// Done, approved.
    Good,
    /// Needs attention.
    Warning,
    /// Rejected, overdue, failed.
    Bad,
    /// Drafts, archived, cancelled.
    Quiet,
    /// Selected, own.
    Accent,
}

impl Tone {
    /// Value of `data-tone`.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Neutral => None,
            Self::Active => Some("active"),
            Self::Good => Some("good"),
            Self::Warning => Some("warning"),
            Self::Bad => Some("bad"),
            Self::Quiet => Some("quiet"),
            Self::Accent => Some("accent"),
        }
    }

    /// Returns the tone of a status value, such as `in_progress` or `rejected`.
    #[must_use]
    pub fn of_status(status: &str) -> Self {
        match status {
            "done" | "completed" | "approved" | "enacted" | "active" | "confirmed" | "validated"
            | "resolved" | "accepted" | "achieved" | "fulfilled" | "met" => Self::Good,
            "in_progress"
            | "running"
            | "ongoing"
            | "scheduled"
            | "under_review"
            | "technical_review"
            | "budget_review"
            | "stakeholder_consultation"
            | "executive_approval"
            | "implementation"
            | "monitoring"
            | "submitted"
            | "data_collection"
            | "analysis" => Self::Active,
            "pending" | "on_hold" | "at_risk" | "returned" | "postponed" | "due_soon" | "delayed"
            | "pending_approval" => Self::Warning,
            "rejected" | "overdue" | "failed" | "blocked" | "missed" | "refused" => Self::Bad,
            "cancelled" | "archived" | "draft" | "withdrawn" | "inactive" | "expired" => Self::Quiet,
            _ => Self::Neutral,
        }
    }
}

/// Badge of a state.
#[must_use]
pub fn badge(word: &str, tone: Tone) -> Markup {
    html! { span.badge data-tone=[tone.name()] { (word) } }
}

/// Badge of a state with an icon.
#[must_use]
pub fn icon_badge(drawing: &str, word: &str, tone: Tone) -> Markup {
    html! { span.badge data-tone=[tone.name()] { (icon(drawing)) (word) } }
}

/// Badge of a status value: `in_progress` is "In progress".
#[must_use]
pub fn status(value: &str) -> Markup {
    badge(&words(value), Tone::of_status(value))
}

/// Formats an enumeration value: `in_progress` is "In progress".
#[must_use]
pub fn words(value: &str) -> String {
    crate::components::words::capitalized(&value.replace('_', " "))
}

/// Dot in the color of a module, with the name of the module for screen readers.
#[must_use]
pub fn module_dot(module: &str) -> Markup {
    html! {
        span.module-dot data-module=(module) title=(words(module)) {}
        span.visually-hidden { (words(module)) }
    }
}

/// Dot with a label.
#[must_use]
pub fn module_name(module: &str, label: &str) -> Markup {
    html! { span.module-name { span.module-dot data-module=(module) {} (label) } }
}

/// Priority (`low`, `medium`, `high`, `critical`) as a mark and a word.
#[must_use]
pub fn priority(value: &str) -> Markup {
    let drawing = match value {
        "critical" => "octagon-alert",
        "high" => "arrow-up",
        "low" => "arrow-down",
        _ => "minus",
    };
    html! { span.priority data-priority=(value) { (icon(drawing)) (words(value)) } }
}

/// Initials of a person in a disc; the name is beside it or in a title.
#[must_use]
pub fn avatar(initials: &str) -> Markup {
    html! { span.avatar aria-hidden="true" { (initials) } }
}

/// Person: disc and name.
#[must_use]
pub fn person(name: &str) -> Markup {
    html! { span.person { (avatar(&initials(name))) span { (name) } } }
}

/// Several people as overlapping discs, with all names for screen readers and as a tooltip.
#[must_use]
pub fn people(names: &[String]) -> Markup {
    const SHOWN: usize = 3;
    html! {
        span.people title=(names.join(", ")) {
            @for name in names.iter().take(SHOWN) { (avatar(&initials(name))) }
            @if names.len() > SHOWN { (avatar(&format!("+{}", names.len() - SHOWN))) }
            span.visually-hidden { (names.join(", ")) }
        }
    }
}

/// Returns the initials of the first and the last word of a name.
#[must_use]
pub fn initials(name: &str) -> String {
    let parts: Vec<&str> =
        name.split_whitespace().filter(|part| part.starts_with(char::is_alphabetic)).collect();
    let first = parts.first().and_then(|part| part.chars().next());
    let last = if parts.len() > 1 { parts.last().and_then(|part| part.chars().next()) } else { None };
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Percentage as bar and number.
#[must_use]
pub fn progress(percent: u8) -> Markup {
    progress_bar(percent, None)
}

/// Formats a percentage with at most one decimal: "62.5%", "60%".
#[must_use]
pub fn percent_text(percent: f64) -> String {
    let text = format!("{percent:.1}");
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

/// Formats a fraction as a percentage.
#[must_use]
pub fn share_text(share: f64) -> String {
    percent_text(share * 100.0)
}

/// Percentage over the whole width.
#[must_use]
pub fn wide_progress(percent: u8) -> Markup {
    progress_bar(percent, Some("wide"))
}

fn progress_bar(percent: u8, size: Option<&str>) -> Markup {
    let percent = percent.min(100);
    html! {
        span.progress data-size=[size] {
            progress value=(percent) max="100" aria-label=(t!("Progress")) { (percent) "%" }
            span.number { (percent) "%" }
        }
    }
}

/// Amount in centavos: `₱1,250,000.00`.
#[must_use]
pub fn money(centavos: i64) -> Markup {
    html! { span.money { (money_text(centavos)) } }
}

/// Formats an amount in centavos.
#[must_use]
pub fn money_text(centavos: i64) -> String {
    let sign = if centavos < 0 { "−" } else { "" };
    let amount = centavos.unsigned_abs();
    format!("{sign}₱{}.{:02}", grouped(amount / 100), amount % 100)
}

/// Formats an amount for narrow places: `₱1.25M`, `₱840K`, `₱950`; rounded half up.
#[must_use]
pub fn short_money_text(centavos: i64) -> String {
    let sign = if centavos < 0 { "−" } else { "" };
    let amount = centavos.unsigned_abs();
    // Half of the last digit of the next smaller unit: what it rounds up to a thousand is shown in the larger one.
    for (size, half, unit) in [(100_000_000_000, 500_000, "B"), (100_000_000, 500, "M"), (100_000, 50, "K")] {
        if amount + half >= size {
            let hundredths = (amount + size / 200) / (size / 100);
            let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            return format!("{sign}₱{}{unit}", text.trim_end_matches('0').trim_end_matches('.'));
        }
    }
    format!("{sign}₱{}", (amount + 50) / 100)
}

/// Formats a whole number with commas.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Date relative to today: "Today", "Tomorrow", "Mon 14 Dec"; with the year when it is not the present one.
///
/// `today` is the date of the office.
#[must_use]
pub fn date(day: Date, today: Date) -> Markup {
    html! {
        time datetime=(day) title=(day.strftime("%A, %-d %B %Y")) data-date=[on_paper(day, today)] {
            (date_text(day, today))
        }
    }
}

/// Returns the date with its year, which paper shows in place of "Tomorrow"; nothing where the screen shows it too.
#[must_use]
pub fn on_paper(day: Date, today: Date) -> Option<String> {
    let text = day.strftime("%a %-d %b %Y").to_string();
    (text != date_text(day, today)).then_some(text)
}

/// Due date, red when it has passed, for open records.
#[must_use]
pub fn due_date(day: Date, today: Date) -> Markup {
    html! {
        time.overdue[day < today] datetime=(day) title=(day.strftime("%A, %-d %B %Y"))
            data-date=[on_paper(day, today)] {
            (date_text(day, today))
            @if day < today { span.visually-hidden { " " (t!("(overdue)")) } }
        }
    }
}

/// Returns the text of [`date`].
#[must_use]
pub fn date_text(day: Date, today: Date) -> String {
    if day == today {
        return t!("Today").to_owned();
    }
    if today.tomorrow().is_ok_and(|next| next == day) {
        return t!("Tomorrow").to_owned();
    }
    if today.yesterday().is_ok_and(|last| last == day) {
        return t!("Yesterday").to_owned();
    }
    let pattern = if day.year() == today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    day.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as civil;

    use super::*;

    #[test]
    fn rates_have_one_decimal_at_most() {
        assert_eq!([0.625, 0.5, 0.0, 1.0, 0.3333].map(share_text), ["62.5%", "50%", "0%", "100%", "33.3%"]);
    }

    #[test]
    fn money_is_grouped_and_signed() {
        assert_eq!(money_text(125_000_000), "₱1,250,000.00");
        assert_eq!(money_text(-5), "−₱0.05");
        assert_eq!(money_text(i64::MIN), "−₱92,233,720,368,547,758.08");
    }

    #[test]
    fn short_money_keeps_significant_digits() {
        assert_eq!(short_money_text(125_000_000), "₱1.25M");
        assert_eq!(short_money_text(84_000_000), "₱840K");
        assert_eq!(short_money_text(95_000), "₱950");
        assert_eq!(short_money_text(300_000_000_000), "₱3B");
        // Rounded half up, never cut.
        assert_eq!(short_money_text(199_999_999), "₱2M");
        assert_eq!(short_money_text(599_999_997), "₱6M");
        assert_eq!(short_money_text(99_999_499), "₱999.99K");
        assert_eq!(short_money_text(99_999_500), "₱1M");
        assert_eq!(short_money_text(94_950), "₱950");
        assert_eq!(short_money_text(-125_500_000), "−₱1.26M");
    }

    #[test]
    fn near_dates_are_relative() {
        let today = civil(2026, 12, 14);
        assert_eq!(date_text(today, today), "Today");
        assert_eq!(date_text(civil(2026, 12, 15), today), "Tomorrow");
        assert_eq!(date_text(civil(2026, 12, 21), today), "Mon 21 Dec");
        assert_eq!(date_text(civil(2027, 1, 4), today), "Mon 4 Jan 2027");
        assert!(due_date(civil(2026, 12, 13), today).into_string().contains("overdue"));
    }

    #[test]
    fn initials_come_from_first_and_last_word() {
        assert_eq!(initials("Amina Sali Dimaporo"), "AD");
        assert_eq!(initials("juan"), "J");
        assert_eq!(initials("(unknown) 12"), "");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn values_become_words() {
        assert_eq!(words("in_progress"), "In progress");
        assert!(status("rejected").into_string().contains("data-tone=\"bad\""));
    }
}

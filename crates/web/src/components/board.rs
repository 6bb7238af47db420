//! Board: columns of cards. `ui/src/core/board.ts` moves cards by pointer and keyboard and loads more of them.

use maud::{Markup, html};

use super::badges::{Tone, grouped, people};
use super::icons::icon;
use super::quick_add::{QuickAdd, quick_add};
use super::words::{t, t_html};

/// Board.
#[derive(Debug, Default, Clone)]
pub struct Board {
    /// Meaning of the columns, such as `status` or `stage`.
    pub group: String,
    /// Kinds whose changes refresh the board.
    pub live: String,
    /// Columns.
    pub columns: Vec<BoardColumn>,
    /// Meaning of the lanes, such as `assignee`; or empty.
    pub lane_group: String,
    /// Lanes: the columns have only their headings then.
    pub lanes: Vec<BoardLane>,
}

/// Lane of a board.
#[derive(Debug, Default, Clone)]
pub struct BoardLane {
    /// Common value of its cards.
    pub key: String,
    /// Heading.
    pub label: String,
    /// Number of its cards.
    pub count: u64,
    /// Columns with its cards; `more_url` leads to the rest of a cell.
    pub columns: Vec<BoardColumn>,
}

/// Column of a board.
#[derive(Debug, Default, Clone)]
pub struct BoardColumn {
    /// Common value of its cards, sent as `column` of a move.
    pub key: String,
    /// Heading.
    pub label: String,
    /// Tone.
    pub tone: Tone,
    /// Total number of cards.
    pub count: u64,
    /// First cards.
    pub cards: Vec<BoardCard>,
    /// Address of [`board_cards`] with the next ones; empty when all are shown.
    pub more_url: String,
    /// Bar at the top of the column; `None` where the person may not add.
    pub quick_add: Option<QuickAdd>,
    /// Largest number of cards that the column should have.
    pub limit: Option<u64>,
    /// Address that folds the column, or opens it again.
    pub fold_href: String,
    /// True if only its heading is shown.
    pub is_folded: bool,
    /// Address of the form that sets the limit, with its hidden fields.
    pub limit_form: Option<LimitForm>,
}

/// Form with GET that sets the limit of a column.
#[derive(Debug, Default, Clone)]
pub struct LimitForm {
    /// Path.
    pub action: String,
    /// Parameters to keep.
    pub keep: Vec<(String, String)>,
    /// Name of the parameter with the limits of all columns.
    pub name: String,
    /// Limits of the other columns.
    pub others: String,
}

/// Card.
#[derive(Debug, Default, Clone)]
pub struct BoardCard {
    /// Id of the record.
    pub id: String,
    /// Key of the column where a card may be in several of them; else empty.
    pub place: String,
    /// Version.
    pub version: i64,
    /// Title.
    pub title: String,
    /// Address.
    pub href: String,
    /// Origin, such as the title of a project; or empty.
    pub belongs_to: String,
    /// Module of the origin, or empty.
    pub module: String,
    /// Badges: priority, due date, blocked.
    pub marks: Markup,
    /// Assignees.
    pub people: Vec<String>,
    /// Assignees as their own content, such as an editable one; in place of `people` unless empty.
    pub people_edit: Markup,
    /// Handle for editing the title; or empty.
    pub title_edit: Markup,
    /// Handle for editing the status by key; or empty.
    pub status_edit: Markup,
    /// Progress, when begun.
    pub progress: Option<u8>,
    /// True if the person may move it.
    pub movable: bool,
}

/// Board.
#[must_use]
pub fn board(board: &Board) -> Markup {
    html! {
        div #board .board data-group=(board.group) data-lanes=[(!board.lane_group.is_empty()).then_some(&board.lane_group)]
            data-live=[(!board.live.is_empty()).then_some(&board.live)] {
            @if board.lane_group.is_empty() {
                @for column in &board.columns { (board_column(column)) }
            } @else {
                (lanes(board))
            }
        }
    }
}

/// Cards, the response to the `more_url` of a column: they are appended, and with them the next "More".
#[must_use]
pub fn board_cards(cards: &[BoardCard], more_url: &str) -> Markup {
    html! {
        @for card in cards { (board_card(card)) }
        @if !more_url.is_empty() {
            button.board-more type="button" data-more-url=(more_url) { (t!("More")) }
        }
    }
}

/// Headings of the columns once, then each lane as a row of them.
fn lanes(board: &Board) -> Markup {
    html! {
        div.lane-heads {
            @for column in &board.columns {
                header.board-head data-tone=[column.tone.name()] {
                    span.board-mark {} h2 title=(column.label) { (column.label) } span.count { (grouped(column.count)) }
                }
            }
        }
        @for lane in &board.lanes {
            section.lane data-lane=(lane.key) aria-label=(lane.label) {
                h3.lane-name { (lane.label) " " span.count { (grouped(lane.count)) } }
                div.lane-cells {
                    @for column in &lane.columns {
                        @let shown = u64::try_from(column.cards.len()).unwrap_or(0);
                        div.board-column.lane-cell data-column=(column.key) aria-label=(column.label) role="group" {
                            div.board-cards id={ "cards-" (lane.key) "-" (column.key) } { (board_cards(&column.cards, "")) }
                            @if column.count > shown {
                                a.board-more href=(column.more_url) { (t_html!("{count} more", count = column.count - shown)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn board_column(column: &BoardColumn) -> Markup {
    let is_over = column.limit.is_some_and(|limit| column.count > limit);
    html! {
        section.board-column id={ "column-" (column.key) } data-column=(column.key) aria-label=(column.label)
            data-folded[column.is_folded] data-over[is_over] {
            header.board-head data-tone=[column.tone.name()] {
                span.board-mark {}
                h2 title=(column.label) { (column.label) }
                span.count { (grouped(column.count)) }
                @if let Some(limit) = column.limit {
                    span.limit title=(t!("Limit of cards")) { "/ " (grouped(limit)) @if is_over { " " (t!("over limit")) } }
                }
                span.grow {}
                (column_menu(column))
            }
            @if !column.is_folded {
                @if let Some(bar) = &column.quick_add { (quick_add(bar)) }
                div.board-cards id={ "cards-" (column.key) } { (board_cards(&column.cards, &column.more_url)) }
            }
        }
    }
}

/// Menu of a column: fold it, limit its cards. A folded column has only the way back.
fn column_menu(column: &BoardColumn) -> Markup {
    html! {
        @if column.is_folded {
            a.icon-button href=(column.fold_href) aria-label={ (t_html!("Open {label}", label = column.label)) } {
                (icon("chevron-right"))
            }
        } @else if let Some(form) = &column.limit_form {
            details.menu.column-menu data-side="end" {
                summary.icon-button aria-label={ (t_html!("Options of {label}", label = column.label)) } { (icon("ellipsis")) }
                div.menu-panel {
                    a.menu-item href=(column.fold_href) { (icon("chevron-left")) (t!("Fold column")) }
                    form.stack.limit-form data-gap="small" method="get" action=(form.action) data-plain {
                        @for (name, value) in &form.keep { input type="hidden" name=(name) value=(value); }
                        @if !form.others.is_empty() { input type="hidden" name=(form.name) value=(form.others); }
                        label for={ "limit-" (column.key) } { (t!("At most this many cards")) }
                        input.input id={ "limit-" (column.key) } type="number" min="1" max="999" name={ (form.name) "." (column.key) }
                            value=(column.limit.map_or_else(String::new, |limit| limit.to_string()));
                        button.button type="submit" { (t!("Set limit")) }
                    }
                }
            }
        }
    }
}

fn board_card(card: &BoardCard) -> Markup {
    html! {
        article.card id={ "card-" (card.id) @if !card.place.is_empty() { "-" (card.place) } } data-id=(card.id) data-version=(card.version) tabindex="0"
            data-fixed[!card.movable] aria-label=(card.title) {
            div.card-name { a.card-title href=(card.href) tabindex="-1" { (card.title) } (card.title_edit) }
            @if !card.status_edit.0.is_empty() { span.key-only hidden { (card.status_edit) } }
            @if !card.belongs_to.is_empty() {
                div.card-origin title=(card.belongs_to) {
                    @if !card.module.is_empty() { span.module-dot data-module=(card.module) {} }
                    span { (card.belongs_to) }
                }
            }
            div.card-foot {
                (card.marks)
                @if let Some(progress) = card.progress {
                    progress value=(progress.min(100)) max="100" title={ (progress) "%" } aria-label=(t!("Progress")) {}
                }
                span.grow {}
                @if !card.people_edit.0.is_empty() { (card.people_edit) }
                @else if !card.people.is_empty() { (people(&card.people)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_has_a_more_link_only_with_more_cards() {
        let mut column = BoardColumn { key: "on_hold".to_owned(), ..BoardColumn::default() };
        column.cards.push(BoardCard {
            id: "7".to_owned(),
            title: "Visit".to_owned(),
            ..BoardCard::default()
        });
        let whole = Board { columns: vec![column.clone()], ..Board::default() };
        let text = board(&whole).into_string();
        assert!(text.contains("data-column=\"on_hold\"") && text.contains("data-fixed"));
        assert!(!text.contains("data-more-url"));
        column.more_url = "/board/cards?cursor=x".to_owned();
        assert!(
            board(&Board { columns: vec![column], ..Board::default() })
                .into_string()
                .contains("data-more-url")
        );
    }
}

//! The board: columns of cards. `ui/src/board.ts` moves cards by pointer and keyboard and loads more of them.

use maud::{Markup, html};

use crate::components::badges::{Tone, grouped, people};
use crate::components::icons::icon;
use crate::components::words::{t, t_html};

/// A board.
#[derive(Debug, Default, Clone)]
pub struct Board {
    /// By what the columns are made: `status`, `priority`, `domain` or `assignee`.
    pub group: String,
    /// Kinds whose changes refresh the board.
    pub live: String,
    /// The token for quick additions.
    pub csrf_token: String,
    /// The columns.
    pub columns: Vec<BoardColumn>,
}

/// A column of a board.
#[derive(Debug, Default, Clone)]
pub struct BoardColumn {
    /// The value that its cards have in common, as `column` of the move.
    pub key: String,
    /// The heading.
    pub label: String,
    /// What it means.
    pub tone: Tone,
    /// How many cards there are in all.
    pub count: u64,
    /// The first of them.
    pub cards: Vec<BoardCard>,
    /// Where [`board_cards`] with the next ones come from; empty when all are here.
    pub more_url: String,
    /// Where a title typed into the column is posted, with hidden fields; `None` where one may not add.
    pub quick_add: Option<QuickAdd>,
}

/// The input at the end of a column.
#[derive(Debug, Default, Clone)]
pub struct QuickAdd {
    /// Where the field `title` is posted.
    pub action: String,
    /// Hidden fields.
    pub fields: Vec<(String, String)>,
}

/// A card.
#[derive(Debug, Default, Clone)]
pub struct BoardCard {
    /// The id of the record.
    pub id: String,
    /// The key of the column where a card may stand in several of them at once; else empty.
    pub place: String,
    /// Its version.
    pub version: i64,
    /// The title.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// What it belongs to, such as the title of a project; or empty.
    pub belongs_to: String,
    /// The module of what it belongs to, or empty.
    pub module: String,
    /// Badges: priority, due date, blocked.
    pub marks: Markup,
    /// Who it is assigned to.
    pub people: Vec<String>,
    /// How far it is, when begun.
    pub progress: Option<u8>,
    /// Whether the person may move it.
    pub movable: bool,
}

/// A board.
#[must_use]
pub fn board(board: &Board) -> Markup {
    html! {
        div #board .board data-group=(board.group) data-live=[(!board.live.is_empty()).then_some(&board.live)] {
            @for column in &board.columns { (board_column(column, &board.csrf_token)) }
        }
    }
}

/// Cards, as the answer to a column's `more_url`: they go to its end, and with them the next "More".
#[must_use]
pub fn board_cards(cards: &[BoardCard], more_url: &str) -> Markup {
    html! {
        @for card in cards { (board_card(card)) }
        @if !more_url.is_empty() {
            button.board-more type="button" data-more-url=(more_url) { (t!("More")) }
        }
    }
}

fn board_column(column: &BoardColumn, csrf_token: &str) -> Markup {
    html! {
        section.board-column id={ "column-" (column.key) } data-column=(column.key) aria-label=(column.label) {
            header.board-head data-tone=[column.tone.name()] {
                span.board-mark {}
                h2 { (column.label) }
                span.count { (grouped(column.count)) }
            }
            div.board-cards id={ "cards-" (column.key) } { (board_cards(&column.cards, &column.more_url)) }
            @if let Some(quick_add) = &column.quick_add {
                form.quick-add method="post" action=(quick_add.action) {
                    input type="hidden" name="csrf_token" value=(csrf_token);
                    @for (name, value) in &quick_add.fields { input type="hidden" name=(name) value=(value); }
                    (icon("plus"))
                    input type="text" name="title" required maxlength="200" autocomplete="off"
                        id={ "quick-add-" (column.key) } placeholder=(t!("Add a task"))
                        aria-label={ (t_html!("Add to {label}", label = column.label)) };
                }
            }
        }
    }
}

fn board_card(card: &BoardCard) -> Markup {
    html! {
        article.card id={ "card-" (card.id) @if !card.place.is_empty() { "-" (card.place) } } data-id=(card.id) data-version=(card.version) tabindex="0"
            data-fixed[!card.movable] aria-label=(card.title) {
            a.card-title href=(card.href) tabindex="-1" { (card.title) }
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
                @if !card.people.is_empty() { (people(&card.people)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_offers_more_only_when_there_is_more() {
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

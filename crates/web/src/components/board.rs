//! Board: columns of cards. `ui/src/core/board.ts` moves cards by pointer and keyboard and loads more of them.

use maud::{Markup, html};

use super::badges::{Tone, grouped, people};
use super::icons::icon;
use super::words::{t, t_html};

/// Board.
#[derive(Debug, Default, Clone)]
pub struct Board {
    /// Meaning of the columns, such as `status` or `stage`.
    pub group: String,
    /// Kinds whose changes refresh the board.
    pub live: String,
    /// Token for quick additions.
    pub csrf_token: String,
    /// Columns.
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
    /// Target of a title that is typed into the column, with hidden fields; `None` where the person may not add.
    pub quick_add: Option<QuickAdd>,
}

/// Input at the end of a column.
#[derive(Debug, Default, Clone)]
pub struct QuickAdd {
    /// Address to which the field `title` is posted.
    pub action: String,
    /// Hidden fields.
    pub fields: Vec<(String, String)>,
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
    /// Progress, when begun.
    pub progress: Option<u8>,
    /// True if the person may move it.
    pub movable: bool,
}

/// Board.
#[must_use]
pub fn board(board: &Board) -> Markup {
    html! {
        div #board .board data-group=(board.group) data-live=[(!board.live.is_empty()).then_some(&board.live)] {
            @for column in &board.columns { (board_column(column, &board.csrf_token)) }
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

//! Preview of an import: the rows of a file with what happens to their records.

use obcms_domain::core::id::Id;
use obcms_domain::registry::Record;
use serde::Serialize;

use super::people::{Column, Context};
use super::plan::Planned;
use super::rows::ImportFile;

/// Maximum number of rows of each outcome in a preview.
pub const PREVIEWED: usize = 50;
/// Maximum length of a value in a preview, in characters.
const SHOWN_VALUE: usize = 200;

/// Outcome of a row without errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// Creates a record.
    New,
    /// Changes the record with its id.
    Changed,
    /// Equals the record with its id.
    Unchanged,
    /// Probably creates a record for the second time.
    Duplicate,
}

impl RowOutcome {
    /// Number of outcomes.
    pub const COUNT: usize = 4;
}

/// Row of a file that has no errors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowPreview {
    /// Row of the file, counted from 1 at the header.
    pub row: usize,
    /// Outcome of the row.
    pub outcome: RowOutcome,
    /// Title of the record.
    pub title: String,
    /// Id of the record, if it exists already.
    pub id: Option<Id>,
    /// Record or row that a duplicate equals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<DuplicateOf>,
    /// Cells of a new record, changed cells of an existing one.
    pub cells: Vec<CellPreview>,
}

/// Original of a probable duplicate: an existing record, or another row of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DuplicateOf {
    /// Id of the record.
    pub id: Option<Id>,
    /// Row of the file.
    pub row: Option<usize>,
}

impl DuplicateOf {
    /// Returns an existing record as the original.
    pub const fn record(id: Id) -> Self {
        Self { id: Some(id), row: None }
    }

    /// Returns another row of the file as the original.
    pub const fn row(row: usize) -> Self {
        Self { id: None, row: Some(row) }
    }
}

/// Cell with its value before and after the import, as in a file for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellPreview {
    /// Name of the field.
    pub field: &'static str,
    /// Header of the column in the file.
    pub column: String,
    /// Value before; empty for a new record.
    pub before: String,
    /// Value after.
    pub after: String,
}

/// Returns the given cells that differ between a record before and after, in the order of the file.
pub fn cells_of(
    file: &ImportFile<'_>,
    before: Option<&Record>,
    after: &Record,
    context: &Context<'_>,
    is_given: impl Fn(&Planned) -> bool,
) -> Vec<CellPreview> {
    let text = |record: &Record, column: Column| context.cell(record, column).shown();
    file.plan
        .fields
        .iter()
        .filter(|planned| is_given(planned))
        .map(|planned| {
            let column = Column::Field(planned.field);
            CellPreview {
                field: planned.field.name,
                column: planned.text(file.head).to_owned(),
                before: shortened(&before.map_or_else(String::new, |record| text(record, column))),
                after: shortened(&text(after, column)),
            }
        })
        .filter(|cell| cell.before != cell.after)
        .collect()
}

/// Returns the beginning of a long value, with a mark that it goes on.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

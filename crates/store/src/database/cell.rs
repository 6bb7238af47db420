//! Conversion of values to and from the database.

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;
use uuid::Uuid;

use crate::error::StoreError;

/// Value of a row, or parameter of a statement.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum SqlValue {
    /// NULL.
    #[default]
    Null,
    /// `boolean`; 0 or 1 on SQLite.
    Boolean(bool),
    /// `bigint`.
    Integer(i64),
    /// `double precision`.
    Real(f64),
    /// `text`.
    Text(String),
    /// `bytea`; `BLOB` on SQLite.
    Bytes(Vec<u8>),
    /// `uuid`; a `BLOB` of 16 bytes on SQLite.
    Id(Id),
    /// `date`; text `YYYY-MM-DD` on SQLite.
    Date(Date),
    /// `timestamptz`; microseconds since 1970 on SQLite.
    Instant(Timestamp),
}

/// Type that can be read from a [`SqlValue`].
pub trait FromCell: Sized {
    /// Name of the type in error messages.
    const EXPECTED: &'static str;
    /// Returns the value if the cell has this type.
    fn from_cell(cell: &SqlValue) -> Option<Self>;
}

/// One row of a result.
#[derive(Clone, Debug)]
pub struct Row(pub Vec<SqlValue>);

impl Row {
    /// Returns all values of a row of integers.
    pub fn numbers(&self) -> Result<Vec<i64>, StoreError> {
        (0..self.0.len()).map(|column| self.get(column)).collect()
    }

    /// Returns the value at a position.
    pub fn get<T: FromCell>(&self, column: usize) -> Result<T, StoreError> {
        self.0.get(column).and_then(T::from_cell).ok_or(StoreError::Decode { column, expected: T::EXPECTED })
    }

    /// Returns the text at a position without a copy. The row has none there afterwards.
    pub fn take_text(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get_mut(column).map(|cell| std::mem::replace(cell, SqlValue::Null)) {
            Some(SqlValue::Text(text)) => Ok(Some(text)),
            Some(SqlValue::Null) => Ok(None),
            _ => Err(StoreError::Decode { column, expected: String::EXPECTED }),
        }
    }

    /// Returns the text at a position.
    pub fn text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get(column) {
            Some(SqlValue::Text(text)) => Ok(Some(text)),
            Some(SqlValue::Null) => Ok(None),
            _ => Err(StoreError::Decode { column, expected: String::EXPECTED }),
        }
    }
}

impl FromCell for bool {
    const EXPECTED: &'static str = "a boolean";
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Boolean(value) => Some(*value),
            SqlValue::Integer(value) => Some(*value != 0),
            _ => None,
        }
    }
}

impl FromCell for i64 {
    const EXPECTED: &'static str = "a whole number";
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Integer(value) => Some(*value),
            _ => None,
        }
    }
}

impl FromCell for String {
    const EXPECTED: &'static str = "text";
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Text(value) => Some(value.clone()),
            _ => None,
        }
    }
}

impl FromCell for Vec<u8> {
    const EXPECTED: &'static str = "bytes";
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Bytes(value) => Some(value.clone()),
            _ => None,
        }
    }
}

impl FromCell for Id {
    const EXPECTED: &'static str = "an id";
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Id(value) => Some(*value),
            SqlValue::Bytes(bytes) => Uuid::from_slice(bytes).ok().map(Self::from),
            _ => None,
        }
    }
}

impl FromCell for Date {
    const EXPECTED: &'static str = "a date";
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Date(value) => Some(*value),
            SqlValue::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromCell for Timestamp {
    const EXPECTED: &'static str = "an instant";
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Instant(value) => Some(*value),
            SqlValue::Integer(microseconds) => Self::from_microsecond(*microseconds).ok(),
            _ => None,
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn from_cell(cell: &SqlValue) -> Option<Self> {
        match cell {
            SqlValue::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

macro_rules! into_cell {
    ($($from:ty => $variant:ident),* $(,)?) => {
        $(impl From<$from> for SqlValue {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

into_cell!(bool => Boolean, i64 => Integer, String => Text, &str => Text, Vec<u8> => Bytes, Id => Id, Date => Date,
    Timestamp => Instant);

impl<T: Into<SqlValue>> From<Option<T>> for SqlValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

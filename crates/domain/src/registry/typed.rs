//! Typed fields: names of fields with the type of their values.
//!
//! A kind declares each of its fields once, with `fields!`; its description and all code that reads or writes the
//! field use the constant. A misspelled name or a wrong type does not compile.

use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil;
use serde_json::Value as Json;

use super::field::{Field, FieldType};
use super::kind::Kind;
use super::output;
use super::record::Record;
use super::value::{self, Value};
use crate::core::id::Id;

/// Name of a field whose values have the type `T`, one of the markers of this module.
pub struct TypedField<T> {
    name: &'static str,
    marker: PhantomData<fn() -> T>,
}

/// Name of a declared field of any type; it comes from a [`TypedField`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldName(&'static str);

impl FieldName {
    /// Name in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl<T> Clone for TypedField<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for TypedField<T> {}

impl<T> fmt::Debug for TypedField<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl<T: FieldShape> TypedField<T> {
    /// Creates the typed field of that name.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, marker: PhantomData }
    }

    /// Name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Returns the name, for a description that lists fields of several types.
    #[must_use]
    pub const fn erased(self) -> FieldName {
        FieldName(self.name)
    }

    /// Returns the member of an input that sets the field. Not for decimals: their values are hundredths, and an input is
    /// the number.
    #[must_use]
    pub fn input(self, value: impl ValueOf<T>) -> (String, Json) {
        (self.name.to_owned(), output::of_value(&value.into()))
    }

    /// Returns the shape of its values.
    #[must_use]
    pub const fn shape(self) -> Shape {
        T::SHAPE
    }

    /// Describes the field. A type with values of another shape does not compile in a constant.
    #[must_use]
    pub(crate) const fn field(self, label: &'static str, data: FieldType) -> Field {
        assert!(data.shape() as u8 == T::SHAPE as u8, "the type of the field has values of another shape");
        Field::new(self.name, label, data)
    }

    /// Returns true if the kind has the field.
    #[must_use]
    pub fn is_in(self, kind: &Kind) -> bool {
        kind.position(self.name).is_some()
    }

    /// Returns the value of a record in the type of the field.
    #[must_use]
    pub fn get(self, record: &Record) -> T::Out<'_> {
        T::read(self.value(record))
    }

    /// Returns the value of a record.
    #[must_use]
    pub fn value(self, record: &Record) -> &Value {
        record.get(self.name)
    }

    /// Returns true if nothing is given; an empty list and blank text count as nothing.
    #[must_use]
    pub fn is_empty(self, record: &Record) -> bool {
        self.value(record).is_empty()
    }

    /// Returns true if two records have the same value.
    #[must_use]
    pub fn is_same(self, one: &Record, other: &Record) -> bool {
        self.value(one) == self.value(other)
    }

    /// Sets the field.
    pub fn set(self, record: &mut Record, value: impl ValueOf<T>) {
        record.set(self.name, value);
    }

    /// Empties the field.
    pub fn clear(self, record: &mut Record) {
        record.set(self.name, Value::Null);
    }

    /// Sets the field to the value of another record.
    pub fn copy(self, from: &Record, to: &mut Record) {
        to.set(self.name, self.value(from).clone());
    }
}

/// Shape of the values of a field: the variant of [`Value`] that holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text or one choice.
    Text,
    /// A whole number: counts, centavos, hundredths of a decimal.
    Integer,
    /// Yes or no.
    Flag,
    /// A calendar day.
    Date,
    /// A point in time.
    Instant,
    /// One record of a kind.
    Reference,
    /// Several records of a kind.
    References,
    /// One record of several kinds.
    Link,
    /// Several records of several kinds.
    Links,
    /// Several texts: choices, tags, dates of a series.
    List,
    /// JSON that the field checks.
    Structure,
}

impl FieldType {
    /// Shape of the values.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self {
            Self::Text(_)
            | Self::Multiline(_)
            | Self::Email
            | Self::Url
            | Self::TimeZone
            | Self::Recurrence
            | Self::Choice(_) => Shape::Text,
            Self::Integer(..) | Self::Decimal(..) | Self::Money => Shape::Integer,
            Self::Boolean => Shape::Flag,
            Self::Date => Shape::Date,
            Self::Instant | Self::Moment => Shape::Instant,
            Self::Reference(_) => Shape::Reference,
            Self::References(_) => Shape::References,
            Self::Link(_) => Shape::Link,
            Self::Links(_) => Shape::Links,
            Self::Moments | Self::Choices(_) | Self::Tags => Shape::List,
            Self::Structure(_) => Shape::Structure,
        }
    }
}

/// Marker of the type of a field.
pub trait FieldShape {
    /// Shape of the values.
    const SHAPE: Shape;
    /// Type of the value when read.
    type Out<'a>;

    /// Converts a value; empty where it has another shape.
    fn read(value: &Value) -> Self::Out<'_>;
}

/// Value that a field of the type `T` can be set to.
pub trait ValueOf<T>: Into<Value> {}

impl<T, V: ValueOf<T>> ValueOf<T> for Option<V> {}

/// Declares a marker with the types that it reads and accepts.
macro_rules! shape {
    ($(#[$doc:meta])* $shape:ident -> $out:ty, $read:expr; $($taken:ty),+) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $shape {}

        impl FieldShape for $shape {
            const SHAPE: Shape = Shape::$shape;
            type Out<'a> = $out;

            fn read(value: &Value) -> Self::Out<'_> {
                let read: fn(&Value) -> Self::Out<'_> = $read;
                read(value)
            }
        }

        $(impl ValueOf<$shape> for $taken {})+
    };
}

shape! {
    /// Text or one choice, empty when nothing is given.
    Text -> &'a str, Value::as_text; &str, String
}
shape! {
    /// A whole number: counts, centavos, hundredths of a decimal.
    Integer -> Option<i64>, Value::as_integer; i64
}
shape! {
    /// Yes or no; no when nothing is given.
    Flag -> bool, Value::as_flag; bool
}
shape! {
    /// A calendar day.
    Date -> Option<civil::Date>, Value::as_date; civil::Date
}
shape! {
    /// A point in time.
    Instant -> Option<Timestamp>, Value::as_instant; Timestamp
}
shape! {
    /// One record of a kind.
    Reference -> Option<Id>, Value::as_reference; Id
}
shape! {
    /// Several records of a kind.
    References -> &'a [Id], Value::as_references; Vec<Id>
}
shape! {
    /// One record of several kinds.
    Link -> Option<&'a value::Link>, Value::as_link; value::Link
}
shape! {
    /// Several records of several kinds.
    Links -> &'a [value::Link], Value::as_links; Vec<value::Link>
}
shape! {
    /// Several texts, none when nothing is given.
    List -> Vec<&'a str>, Value::as_list; Vec<&str>, Vec<String>
}
shape! {
    /// JSON that the field checks.
    Structure -> Option<&'a Json>, Value::as_structure; Json
}

/// Declares the fields of a kind: a module of constants. Those in brackets are declared elsewhere.
macro_rules! fields {
    ($kind:ident $([$($path:ident)::+: $($shared:ident),+])* { $($constant:ident: $shape:ident = $name:literal,)* }) => {
        #[doc = concat!("Fields of the kind `", stringify!($kind), "`.")]
        pub mod $kind {
            $(pub use $($path)::+::{$($shared),+};)*
            $(
                #[doc = concat!("Field `", $name, "`.")]
                pub const $constant: $crate::registry::TypedField<$crate::registry::typed::$shape> =
                    $crate::registry::TypedField::new($name);
            )*

            /// Constants with names and shapes of the fields.
            #[cfg(test)]
            #[allow(dead_code)] // Fields that several kinds share are listed with each of these.
            pub(crate) const ALL: &[(&str, &str, $crate::registry::typed::Shape)] = &[
                $($((stringify!($shared), $shared.name(), $shared.shape()),)+)*
                $((stringify!($constant), $constant.name(), $constant.shape()),)*
            ];
        }
    };
}
pub(crate) use fields;

//! Bodies of actions: requests beside the fields of a kind, such as a transition, a decision or a move.
//!
//! A body is declared as fields like those of a kind, so that the same parser reads it, the same schema describes it,
//! and errors are alike. A handler reads a parsed body by the declared members, which know their types.

use std::marker::PhantomData;

use serde_json::{Map, Value as Json};

use super::FieldError;
use super::field::{Field, FieldType};
use super::reading::parse_field;
use super::typed::{Date, FieldShape, Flag, Integer, Link, Reference, Structure, Text};
use super::value::{self, Value};
use crate::choices::Choice;
use crate::core::id::Id;
use crate::core::message::Message;

/// JSON schema of a member that has none by its type.
pub type Schema = fn() -> Json;

/// Field of a body, with its schema where it does not follow from the type.
#[derive(Clone, Copy, Debug)]
pub struct ActionField {
    /// Name, label, type and bounds.
    pub field: Field,
    /// Schema in place of that of the type.
    pub schema: Option<Schema>,
}

/// Declared member of a body; the shape `T` gives the type of its value, as for the fields of records.
#[derive(Debug)]
pub struct Member<T> {
    declared: ActionField,
    data: PhantomData<T>,
}

impl<T> Member<T> {
    const fn new(name: &'static str, label: &'static str, data: FieldType) -> Self {
        Self {
            declared: ActionField { field: Field::new(name, label, data), schema: None },
            data: PhantomData,
        }
    }

    /// Must be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.declared.field.required = true;
        self
    }

    /// Description of the member.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.declared.field.help = help;
        self
    }

    /// The field, for the list of a body.
    #[must_use]
    pub const fn field(&self) -> ActionField {
        self.declared
    }

    /// Name in the API and in forms.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.declared.field.name
    }

    /// Returns true if the body has the member, also with null.
    #[must_use]
    pub fn is_given(&self, input: &ActionInput) -> bool {
        input.given.contains(&self.name())
    }

    /// Returns an error about the member.
    #[must_use]
    pub fn error(&self, code: &'static str, message: impl Into<Message>) -> FieldError {
        FieldError::new(self.name(), code, message)
    }
}

impl Member<Text> {
    /// One line of at most `maximum` characters.
    #[must_use]
    pub const fn text(name: &'static str, label: &'static str, longest: usize) -> Self {
        Self::new(name, label, FieldType::Text(longest))
    }

    /// Several lines of at most so many characters.
    #[must_use]
    pub const fn multiline(name: &'static str, label: &'static str, longest: usize) -> Self {
        Self::new(name, label, FieldType::Multiline(longest))
    }

    /// One of a fixed list.
    #[must_use]
    pub const fn choice(name: &'static str, label: &'static str, choices: &'static [Choice]) -> Self {
        Self::new(name, label, FieldType::Choice(choices))
    }

    /// Returns the text as it is given; nothing when none is.
    #[must_use]
    pub fn given<'a>(&self, input: &'a ActionInput) -> Option<&'a str> {
        match input.value(self.name()) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the text without blanks around it.
    #[must_use]
    pub fn get<'a>(&self, input: &'a ActionInput) -> &'a str {
        Text::read(input.value(self.name())).trim()
    }
}

impl Member<Integer> {
    /// Whole number within bounds, both included.
    #[must_use]
    pub const fn integer(name: &'static str, label: &'static str, least: i64, most: i64) -> Self {
        Self::new(name, label, FieldType::Integer(least, most))
    }

    /// Returns the number.
    #[must_use]
    pub fn get(&self, input: &ActionInput) -> Option<i64> {
        Integer::read(input.value(self.name()))
    }
}

impl Member<Flag> {
    /// Yes or no.
    #[must_use]
    pub const fn flag(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, FieldType::Boolean)
    }

    /// Returns the value if one is given.
    #[must_use]
    pub fn get(&self, input: &ActionInput) -> Option<bool> {
        match input.value(self.name()) {
            Value::Boolean(value) => Some(*value),
            _ => None,
        }
    }
}

impl Member<Date> {
    /// Calendar day.
    #[must_use]
    pub const fn day(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, FieldType::Date)
    }

    /// Returns the day.
    #[must_use]
    pub fn get(&self, input: &ActionInput) -> Option<jiff::civil::Date> {
        Date::read(input.value(self.name()))
    }
}

impl Member<Reference> {
    /// Id of a record of the kind.
    #[must_use]
    pub const fn reference(name: &'static str, label: &'static str, kind: &'static str) -> Self {
        Self::new(name, label, FieldType::Reference(kind))
    }

    /// Returns the id.
    #[must_use]
    pub fn get(&self, input: &ActionInput) -> Option<Id> {
        Reference::read(input.value(self.name()))
    }
}

impl Member<Link> {
    /// Record of one of the kinds, as an object with `kind` and `id`.
    #[must_use]
    pub const fn origin(name: &'static str, label: &'static str, kinds: &'static [&'static str]) -> Self {
        Self::new(name, label, FieldType::Link(kinds))
    }

    /// Returns the link to the record.
    #[must_use]
    pub fn get<'a>(&self, input: &'a ActionInput) -> Option<&'a value::Link> {
        Link::read(input.value(self.name()))
    }
}

impl Member<Structure> {
    /// JSON that the function checks; it returns what is wrong.
    #[must_use]
    pub const fn raw(
        name: &'static str,
        label: &'static str,
        check: fn(&Json) -> Result<(), Message>,
        schema: Schema,
    ) -> Self {
        let mut member = Self::new(name, label, FieldType::Structure(check));
        member.declared.schema = Some(schema);
        member
    }

    /// Returns the JSON if any but null is given.
    #[must_use]
    pub fn get<'a>(&self, input: &'a ActionInput) -> Option<&'a Json> {
        Structure::read(input.value(self.name()))
    }
}

/// Body of an action.
#[derive(Clone, Copy, Debug)]
pub struct ActionBody {
    /// Its fields, in the order of the description.
    pub fields: &'static [ActionField],
}

impl ActionBody {
    /// Body of these fields.
    #[must_use]
    pub const fn new(fields: &'static [ActionField]) -> Self {
        Self { fields }
    }

    /// Returns true if the body has a member of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|known| known.field.name == name)
    }

    /// Sorts errors by the order of the fields; those of unknown members come first.
    pub fn sort(&self, errors: &mut [FieldError]) {
        errors.sort_by_key(|error| self.fields.iter().position(|known| known.field.name == error.field));
    }

    /// Reads a body. Null means that nothing is given.
    ///
    /// # Errors
    ///
    /// One for each member that is unknown, wrong or missing.
    pub fn parse(&self, input: &Map<String, Json>) -> Result<ActionInput, Vec<FieldError>> {
        let (parsed, errors) = self.parse_leniently(input);
        if errors.is_empty() { Ok(parsed) } else { Err(errors) }
    }

    /// Reads what is right and returns what is wrong beside it, for bodies with further checks.
    #[must_use]
    pub fn parse_leniently(&self, input: &Map<String, Json>) -> (ActionInput, Vec<FieldError>) {
        let unknown = input.keys().filter(|name| !self.has(name));
        let mut errors: Vec<FieldError> =
            unknown.map(|name| FieldError::new(name.clone(), "unknown_field", "Unknown field.")).collect();
        let mut values = Vec::with_capacity(self.fields.len());
        let given = self.fields.iter().map(|known| known.field.name);
        let given = given.filter(|name| input.contains_key(*name)).collect();
        for ActionField { field, .. } in self.fields {
            let given = input.get(field.name).unwrap_or(&Json::Null);
            let is_of_other_type =
                matches!(field.data, FieldType::Choice(_)) && !given.is_null() && !given.is_string();
            match parse_field(field, given) {
                _ if is_of_other_type => {
                    errors.push(FieldError::new(field.name, "type", "Must be text."));
                }
                Ok(value) if field.required && is_blank(&value) => {
                    errors.push(FieldError::required(field.name, field.label));
                }
                Ok(value) => values.push((field.name, value)),
                Err((code, message)) => errors.push(FieldError::new(field.name, code, message)),
            }
        }
        (ActionInput { values, given }, errors)
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Parsed body of an action; its values are read by the declared [`Member`]s.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionInput {
    values: Vec<(&'static str, Value)>,
    /// Names of the members that are there, also with null.
    given: Vec<&'static str>,
}

impl ActionInput {
    fn value(&self, name: &str) -> &Value {
        self.values.iter().find(|(known, _)| *known == name).map_or(&Value::Null, |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const REASON: Member<Text> = Member::multiline("reason", "Reason", 10).required();
    const DAYS: Member<Integer> = Member::integer("days", "Days", 1, 5);
    const SILENT: Member<Flag> = Member::flag("silent", "Silent");
    const BODY: ActionBody = ActionBody::new(&[REASON.field(), DAYS.field(), SILENT.field()]);

    fn parse(json: Json) -> Result<ActionInput, Vec<(String, &'static str)>> {
        let Json::Object(object) = json else { panic!("an object") };
        BODY.parse(&object)
            .map_err(|errors| errors.into_iter().map(|error| (error.field, error.code)).collect())
    }

    #[test]
    fn members_are_parsed_by_their_types() {
        let input = parse(json!({ "reason": " late ", "days": 3, "silent": null })).unwrap();
        assert_eq!((REASON.get(&input), DAYS.get(&input), SILENT.get(&input)), ("late", Some(3), None));
    }

    #[test]
    fn each_wrong_member_has_its_error() {
        let wrong = parse(json!({ "reason": "more than ten", "days": 6, "silent": "yes", "other": 1 }));
        let expected =
            [("other", "unknown_field"), ("reason", "too_long"), ("days", "range"), ("silent", "type")];
        assert_eq!(wrong, Err(expected.map(|(field, code)| (field.to_owned(), code)).to_vec()));
        assert_eq!(parse(json!({ "reason": "  " })), Err(vec![("reason".to_owned(), "required")]));
    }
}

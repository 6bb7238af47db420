//! Statements built from parts, and the condition that limits a partner to what concerns it.

use obcms_domain::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{FieldType, Kind};

use crate::database::Cell;

/// SQL with its parameters, built part by part.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// The text so far.
    pub sql: String,
    /// The values so far.
    pub parameters: Vec<Cell>,
}

impl Statement {
    /// Starts with a text.
    #[must_use]
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), parameters: Vec::new() }
    }

    /// Appends text.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Appends a placeholder for the value.
    pub fn bind(&mut self, value: impl Into<Cell>) -> &mut Self {
        self.parameters.push(value.into());
        let number = self.parameters.len();
        self.sql.push_str(&format!("${number}"));
        self
    }

    /// Appends `(a, b, …)` with a placeholder for each value; an empty list matches nothing.
    pub fn bind_list(&mut self, values: impl IntoIterator<Item = Cell>) -> &mut Self {
        self.sql.push('(');
        let mut first = true;
        for value in values {
            if !first {
                self.sql.push_str(", ");
            }
            first = false;
            self.bind(value);
        }
        if first {
            self.sql.push_str("NULL");
        }
        self.sql.push(')');
        self
    }
}

/// The limits of somebody who sees only what concerns their own organisation and communities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The person, who also sees what is assigned to them.
    pub user: Id,
    /// Organisation and communities of the person.
    pub concerns: Vec<Id>,
}

impl Scope {
    /// Appends the condition that the row `alias` of the kind is within the scope.
    pub fn condition(&self, statement: &mut Statement, kind: &Kind, alias: &str) {
        let mut first = true;
        let mut or = |statement: &mut Statement| {
            statement.push(if first { "(" } else { " OR " });
            first = false;
        };
        for path in kind.concerns {
            or(statement);
            match *path {
                "everyone" => {
                    statement.push("1 = 1");
                }
                "self" => {
                    statement.push(&format!("{alias}.id IN "));
                    statement.bind_list(self.concerns.iter().map(|id| Cell::Id(*id)));
                }
                _ => self.path(statement, kind, path, alias),
            }
        }
        if !kind.people.is_empty() {
            or(statement);
            statement
                .push(&format!("EXISTS (SELECT 1 FROM edges e WHERE e.source = {alias}.id AND e.field IN "));
            statement.bind_list(kind.people.iter().map(|field| Cell::from(*field)));
            statement.push(" AND e.target = ").bind(self.user).push(")");
        }
        or(statement);
        statement.push(&format!("{alias}.created_by = ")).bind(self.user);
        statement.push(")");
    }

    /// `field`, or `field.field` over a record in between.
    fn path(&self, statement: &mut Statement, kind: &Kind, path: &str, alias: &str) {
        let mut steps = path.split('.');
        let first = steps.next().unwrap_or_default();
        let second = steps.next();
        statement.push("EXISTS (SELECT 1 FROM edges e");
        if second.is_some() {
            statement.push(" JOIN edges f ON f.source = e.target");
        }
        statement.push(&format!(" WHERE e.source = {alias}.id AND e.field = ")).bind(first);
        let last = match second {
            Some(second) => {
                statement.push(" AND f.field = ").bind(second);
                "f"
            }
            None => "e",
        };
        debug_assert!(
            kind.field(first).is_some_and(|field| match field.data {
                FieldType::Reference(target) | FieldType::References(target) =>
                    second
                        .is_none_or(|second| kinds::by_name(target)
                            .is_some_and(|target| target.field(second).is_some())),
                _ => false,
            }),
            "{kind:?} concerns {path}"
        );
        statement.push(&format!(" AND {last}.target IN "));
        statement.bind_list(self.concerns.iter().map(|id| Cell::Id(*id)));
        statement.push(")");
    }
}

//! Builder of SQL statements.

use super::cell::SqlValue;

/// SQL statement with its parameters, built part by part.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// Text so far.
    pub sql: String,
    /// Parameters so far.
    pub parameters: Vec<SqlValue>,
}

impl Statement {
    /// Creates a statement from a text.
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
    pub fn bind(&mut self, value: impl Into<SqlValue>) -> &mut Self {
        self.parameters.push(value.into());
        let number = self.parameters.len();
        self.sql.push_str(&format!("${number}"));
        self
    }

    /// Appends `(a, b, …)` with a placeholder for each value; an empty list matches nothing.
    pub fn bind_list(&mut self, values: impl IntoIterator<Item = SqlValue>) -> &mut Self {
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

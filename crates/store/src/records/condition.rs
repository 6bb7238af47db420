//! Scope: the SQL condition that limits a partner to the visible records.

use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Concern, FieldType, Kind};

use crate::database::{SqlValue, Statement};

/// Visibility of a partner, limited to their own organization and communities.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Partner, who also sees records assigned to them.
    pub user: Id,
    /// Organization and communities of the partner.
    pub concerns: Vec<Id>,
    /// True for people of the office, who see what others share.
    pub sees_shared: bool,
}

impl Scope {
    /// Appends the condition that the row `alias` of the kind is within the scope. The ids come from the edges of the
    /// partner, as one union: a condition per row would walk all edges of a partner once for every record.
    pub fn condition(&self, statement: &mut Statement, kind: &Kind, alias: &str) {
        if is_for_everyone(kind) {
            statement.push("1 = 1");
            return;
        }
        statement.push(&format!("{alias}.id IN ("));
        self.ids(statement, kind, None);
        statement.push(")");
    }

    /// Appends the condition of a scope, if there is one, to other conditions on the row `alias` of the kind.
    pub fn and(scope: Option<&Self>, statement: &mut Statement, kind: &Kind, alias: &str) {
        if let Some(scope) = scope {
            statement.push(" AND ");
            scope.condition(statement, kind, alias);
        }
    }

    /// Appends a query for the ids of the kind within the scope, of all records or of `these`. This is the only place
    /// that defines what a partner sees of a kind.
    pub(super) fn ids(&self, statement: &mut Statement, kind: &Kind, these: Option<&[Id]>) {
        let mut union = Union::default();
        let direct: Vec<&str> = kind.concerns.iter().filter_map(|concern| concern.own_field()).collect();
        if !direct.is_empty() {
            union.next(statement);
            self.by_edges(statement, kind, &direct, &self.concerns, these);
        }
        for concern in kind.concerns {
            match concern {
                Concern::Through(first, second) => {
                    union.next(statement);
                    self.over_a_record(statement, kind, first.as_str(), second.as_str(), these);
                }
                Concern::Itself => {
                    union.next(statement);
                    statement.push(&format!("SELECT s.id FROM \"{}\" s WHERE s.id IN ", kind.table));
                    statement.bind_list(self.concerns.iter().map(|id| SqlValue::Id(*id)));
                    limit(statement, "s.id", these);
                }
                Concern::Field(_) | Concern::Everyone => {}
            }
        }
        if let Some((flag, link, target)) = kind.published
            && let Some(target) = kinds::by_name(target)
        {
            union.next(statement);
            statement.push("SELECT e.source FROM edges e WHERE e.target IN (");
            self.ids(statement, target, None);
            statement.push(") AND e.source_kind = ").bind(kind.name).push(" AND e.field = ").bind(link);
            limit(statement, "e.source", these);
            statement.push(&format!(
                " AND EXISTS (SELECT 1 FROM \"{}\" p WHERE p.id = e.source AND p.\"{flag}\" = ",
                kind.table
            ));
            statement.bind(true).push(")");
        }
        if self.sees_shared && !kind.shared_by.is_empty() {
            union.next(statement);
            statement
                .push(&format!("SELECT h.id FROM \"{}\" h WHERE h.\"{}\" = ", kind.table, kind.shared_by))
                .bind(true);
            limit(statement, "h.id", these);
        }
        if !kind.people.is_empty() {
            union.next(statement);
            self.by_edges(statement, kind, kind.people, &[self.user], these);
        }
        union.next(statement);
        statement
            .push(&format!("SELECT o.id FROM \"{}\" o WHERE o.created_by = ", kind.table))
            .bind(self.user);
        limit(statement, "o.id", these);
    }

    /// Appends the records that point at one of the targets by one of the fields.
    fn by_edges(
        &self,
        statement: &mut Statement,
        kind: &Kind,
        fields: &[&str],
        targets: &[Id],
        these: Option<&[Id]>,
    ) {
        statement.push("SELECT e.source FROM edges e WHERE e.target IN ");
        statement.bind_list(targets.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" AND e.source_kind = ").bind(kind.name).push(" AND e.field IN ");
        statement.bind_list(fields.iter().map(|field| SqlValue::from(*field)));
        limit(statement, "e.source", these);
    }

    /// Appends the records that point by the field `first` at one that points by `second` at the partner's own
    /// records.
    fn over_a_record(
        &self,
        statement: &mut Statement,
        kind: &Kind,
        first: &str,
        second: &str,
        these: Option<&[Id]>,
    ) {
        let between = kind.field(first).and_then(|field| match field.data {
            FieldType::Reference(target) | FieldType::References(target) => kinds::by_name(target),
            _ => None,
        });
        assert!(
            between.is_some_and(|between| between.field(second).is_some()),
            "{kind:?} concerns {first}.{second}"
        );
        // A cross join fixes SQLite's join order: from the few edges at one end to those at the other.
        statement.push(match these {
            None => "SELECT e.source FROM edges f CROSS JOIN edges e WHERE e.target = f.source",
            Some(_) => "SELECT e.source FROM edges e CROSS JOIN edges f WHERE f.source = e.target",
        });
        statement.push(" AND f.target IN ");
        statement.bind_list(self.concerns.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" AND f.source_kind = ").bind(between.map_or("", |between| between.name));
        statement.push(" AND f.field = ").bind(second);
        statement.push(" AND e.source_kind = ").bind(kind.name).push(" AND e.field = ").bind(first);
        limit(statement, "e.source", these);
    }
}

/// Returns true if every reader of the kind sees all its records.
pub(super) fn is_for_everyone(kind: &Kind) -> bool {
    kind.concerns.contains(&Concern::Everyone)
}

fn limit(statement: &mut Statement, column: &str, these: Option<&[Id]>) {
    if let Some(ids) = these {
        statement.push(&format!(" AND {column} IN "));
        statement.bind_list(ids.iter().map(|id| SqlValue::Id(*id)));
    }
}

/// Writer of the keyword between the parts of a union.
#[derive(Default)]
struct Union {
    is_begun: bool,
}

impl Union {
    fn next(&mut self, statement: &mut Statement) {
        if self.is_begun {
            statement.push(" UNION ");
        }
        self.is_begun = true;
    }
}

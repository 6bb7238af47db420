//! Description of the API (OpenAPI 3.1), built from the routes and the registry.

use axum::extract::State as AxumState;
use axum::response::IntoResponse;
use axum::routing::get;
use obcms_app::records::{lists, reservation};
use obcms_app::tasks::board::{ALIASES, SHORTCUTS};
use obcms_domain::accounts::{Action, Relation, who_can_write};
use obcms_domain::kinds::{self, CEILING, EVENT, INDICATOR, TASK};
use obcms_domain::records::closing::closing_statuses;
use obcms_domain::registry::action::{ActionBody, ActionField};
use obcms_domain::registry::shared::START;
use obcms_domain::registry::{Field, FieldType, Kind, Source};
use serde_json::{Map, Value as Json, json};

use crate::components::words::capitalized;
use crate::core::route::{Access, Parameter, RequestBody, Route};
use crate::core::state::State;

/// Serves the description.
#[must_use]
pub fn route() -> Route {
    Route::new(
        "get",
        "/api/v1/openapi.json",
        "This description",
        Access::Public,
        get(|AxumState(state): AxumState<State>| async move {
            axum::Json(document(&state.subjects.routes())).into_response()
        }),
    )
    .answers(200, json!({ "type": "object" }))
}

fn schema_name(kind: &Kind) -> String {
    kind.name.split('_').map(capitalized).collect()
}

/// Returns a reference to the schema of the kind.
#[must_use]
pub fn reference(kind: &Kind) -> Json {
    json!({ "$ref": format!("#/components/schemas/{}", schema_name(kind)) })
}

/// Returns a reference to the schema of an input of the kind.
#[must_use]
pub fn input_reference(kind: &Kind) -> Json {
    json!({ "$ref": format!("#/components/schemas/{}Input", schema_name(kind)) })
}

/// Returns the schema of the response of an undo: the record, and the page that shows the result.
#[must_use]
pub fn with_landing(record: &Json) -> Json {
    json!({
        "allOf": [
            record,
            {
                "type": "object",
                "required": ["landing"],
                "properties": {
                    "landing": {
                        "type": "string",
                        "description": "Page with the result: the record or, if the undo archived it, the series it continued or the list",
                    },
                },
            },
        ],
    })
}

/// Returns the schema of a page of a list of the kind.
#[must_use]
pub fn page_of(kind: &Kind) -> Json {
    json!({
        "type": "object",
        "required": ["items", "next_cursor", "total"],
        "properties": {
            "items": { "type": "array", "items": reference(kind) },
            "next_cursor": { "type": ["string", "null"] },
            "total": { "type": "integer" },
        },
    })
}

fn text_parameter(name: &str, description: &str) -> Json {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": { "type": "string" } })
}

fn described(parameter: Parameter) -> Vec<Json> {
    match parameter {
        Parameter::Text(name, description) => vec![text_parameter(name, description)],
        Parameter::List(kind, without) => {
            let mut list = list_parameters(kind);
            list.retain(|parameter| !without.iter().any(|name| parameter["name"] == *name));
            list
        }
    }
}

fn list_parameters(kind: &Kind) -> Vec<Json> {
    let mut list = vec![
        text_parameter("q", "Word prefixes; all must match"),
        text_parameter("sort", "A field, with - before it for descending"),
        text_parameter("limit", "Maximum number, 1 to 500; 50 unless given"),
        text_parameter("cursor", "next_cursor of the previous page"),
        text_parameter("archived", "false (unless given), true or all"),
        text_parameter("created_by", "Ids of users; separated by commas, or given again"),
    ];
    if *kind == TASK {
        list.extend(SHORTCUTS.iter().map(|shortcut| text_parameter(shortcut.name, shortcut.meaning)));
        list.extend(ALIASES.iter().map(|(name, field)| text_parameter(name, &format!("Same as {field}"))));
    }
    if *kind != TASK {
        let common = lists::common_filters(kind).into_iter();
        list.extend(common.map(|(name, meaning)| text_parameter(name, meaning)));
    }
    for (_, field) in kind.visible() {
        if matches!(field.data, FieldType::Structure(_)) {
            continue;
        }
        list.push(text_parameter(
            field.name,
            match field.data {
                FieldType::Text(_)
                | FieldType::Multiline(_)
                | FieldType::Url
                | FieldType::Email
                | FieldType::Recurrence => "A value or `none`; repeat for several",
                FieldType::Moment | FieldType::Instant => {
                    "Instants, days (all of each) or none; separated by commas, or given again"
                }
                _ => "One value or several, or none; separated by commas, or given again",
            },
        ));
        if matches!(
            field.data,
            FieldType::Date
                | FieldType::Moment
                | FieldType::Instant
                | FieldType::Money
                | FieldType::Integer(..)
                | FieldType::Decimal(..)
        ) {
            list.push(text_parameter(&format!("{}_from", field.name), "This or later, this or more"));
            list.push(text_parameter(&format!("{}_to", field.name), "This or earlier, this or less"));
        }
    }
    list
}

fn field_schema(field: &Field) -> Json {
    let mut schema = match field.data {
        FieldType::Text(maximum) | FieldType::Multiline(maximum) => {
            json!({ "type": "string", "maxLength": maximum })
        }
        FieldType::Email => json!({ "type": "string", "format": "email" }),
        FieldType::Url => json!({ "type": "string", "format": "uri" }),
        FieldType::TimeZone => json!({ "type": "string" }),
        FieldType::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        FieldType::Decimal(least, most) => json!({ "type": "number", "minimum": least, "maximum": most }),
        FieldType::Money => {
            let mut schema = json!({ "type": "integer", "description": "Philippine pesos in centavos" });
            if !field.signed {
                schema["minimum"] = json!(0);
            }
            schema
        }
        FieldType::Boolean => json!({ "type": "boolean" }),
        FieldType::Date => json!({ "type": "string", "format": "date" }),
        FieldType::Instant => json!({ "type": "string", "format": "date-time" }),
        FieldType::Moment => {
            json!({ "type": "string", "description": "An instant with offset, a local date-time in the record's zone, or a date when all_day" })
        }
        FieldType::Choice(choices) => {
            json!({ "type": "string", "enum": choices.iter().map(|choice| choice.value).collect::<Vec<_>>() })
        }
        FieldType::Choices(choices) => json!({
            "type": "array",
            "items": { "type": "string", "enum": choices.iter().map(|choice| choice.value).collect::<Vec<_>>() },
        }),
        FieldType::Reference(target) => {
            json!({ "type": "string", "description": format!("Id of one {target}") })
        }
        FieldType::References(target) => {
            json!({ "type": "array", "items": { "type": "string" }, "description": format!("Ids, each of one {target}") })
        }
        FieldType::Link(targets) => link_schema(targets),
        FieldType::Links(targets) => json!({ "type": "array", "items": link_schema(targets) }),
        FieldType::Tags => json!({ "type": "array", "items": { "type": "string" } }),
        FieldType::Recurrence => {
            json!({ "type": "string", "description": "A rule of recurrence as the RRULE of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO" })
        }
        FieldType::Moments => json!({
            "type": "array",
            "items": { "type": "string" },
            "description": "Days, or local date-times in the record's zone; instants with offset are read in that zone",
        }),
        FieldType::Structure(_) => json!({}),
    };
    if !field.required && schema.get("type").is_some_and(Json::is_string) {
        let kind = schema["type"].clone();
        schema["type"] = json!([kind, "null"]);
        if let Some(values) = schema.get_mut("enum").and_then(Json::as_array_mut) {
            values.push(Json::Null);
        }
    }
    schema["title"] = json!(field.label);
    if !field.help.is_empty() {
        schema["description"] = json!(field.help);
    }
    schema
}

fn action_schema(body: &ActionBody) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for ActionField { field, schema } in body.fields {
        let mut described = schema.map_or_else(|| field_schema(field), |schema| schema());
        described["title"] = json!(field.label);
        if !field.help.is_empty() {
            described["description"] = json!(field.help);
        }
        if field.required {
            required.push(field.name);
        }
        properties.insert(field.name.into(), described);
    }
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn link_schema(targets: &[&str]) -> Json {
    json!({
        "type": "object",
        "required": ["kind", "id"],
        "properties": { "kind": { "type": "string", "enum": targets }, "id": { "type": "string" } },
    })
}

/// Members of a task that depend on today.
const OF_TODAY: [(&str, &[&str], &str); 4] = [
    ("at_risk", &["boolean"], "Set manually, blocked, or due within two days and under 50 %"),
    ("overdue", &["boolean"], "Open and due before today"),
    ("next_due", &["string", "null"], "Due date; for a series, of the next open occurrence"),
    ("next_occurrence", &["string", "null"], "Next open occurrence of a series"),
];

/// Figures of a ceiling, calculated from the budgets of PPAs.
const OF_CEILING: [(&str, &[&str], &str); 4] = [
    ("committed_centavos", &["integer"], "Taken by budgets in force and those past budget review"),
    ("waiting_centavos", &["integer"], "Asked for in budget review, beyond what the same PPAs take already"),
    ("remaining_centavos", &["integer"], "Amount less what is committed; below zero when exceeded"),
    (
        "committed_percent",
        &["integer", "null"],
        "Committed share of the amount, rounded down; null without an amount",
    ),
];

/// Figures of an indicator, calculated from its approved measurements.
const OF_INDICATOR: [(&str, &[&str], &str); 5] = [
    ("target_period", &["string", "null"], "Period of the target that counts today"),
    ("target", &["number", "null"], "Target of that period"),
    ("actual", &["number", "null"], "Approved measurements within the period, combined"),
    ("achievement", &["number", "null"], "Achieved share of the target as a fraction"),
    ("achievements", &["array"], "These figures for each target; only for one indicator"),
];

/// Adds the field group of the policy table, and the roles that may write it, each with the relation it needs.
fn mark_group(kind: &Kind, field: &Field, schema: &mut Json) {
    let group = kind.group(field);
    schema["x-field-group"] = json!(group.as_str());
    if !kind.writable {
        return;
    }
    let writers = |action| -> Vec<String> {
        let allowed = who_can_write(action, kind.area, group).into_iter();
        allowed
            .map(|(role, relation)| match relation {
                Relation::None => role.as_str().to_owned(),
                relation => format!("{role}:{}", relation.as_str()),
            })
            .collect()
    };
    schema["x-may-create"] = json!(writers(Action::Create));
    schema["x-may-write"] = json!(writers(Action::Edit));
    if field.name == kind.state && !kind.decisions.is_empty() {
        schema["x-decision-values"] = json!(kind.decisions);
    }
}

fn schemas(kind: &Kind) -> [(String, Json); 2] {
    let mut properties = Map::new();
    for name in ["id", "kind", "display_title", "url"] {
        properties.insert(name.into(), json!({ "type": "string", "readOnly": true }));
    }
    properties.insert("version".into(), json!({ "type": "integer", "readOnly": true }));
    for name in ["created_at", "updated_at", "archived_at"] {
        properties.insert(
            name.into(),
            json!({ "type": ["string", "null"], "format": "date-time", "readOnly": true }),
        );
    }
    properties.insert("created_by".into(), json!({ "type": ["string", "null"], "readOnly": true }));
    let mut inputs = Map::new();
    for (_, field) in kind.visible() {
        let mut schema = field_schema(field);
        if field.source == Source::Derived {
            schema["readOnly"] = json!(true);
        } else {
            mark_group(kind, field, &mut schema);
            inputs.insert(field.name.into(), schema.clone());
        }
        properties.insert(field.name.into(), schema);
    }
    for field in kind.fields.iter().filter(|field| field.source == Source::WriteOnly) {
        let mut schema = field_schema(field);
        mark_group(kind, field, &mut schema);
        schema["writeOnly"] = json!(true);
        inputs.insert(field.name.into(), schema);
    }
    if !closing_statuses(kind).is_empty() {
        let meaning = "When the status closes the record: also cancel open tasks and bookings; reopening \
                       restores them";
        let mut schema = json!({ "type": "boolean", "description": meaning, "writeOnly": true });
        // A change of status may cancel open work along with the record.
        if let Some(status) = kind.field(kind.state) {
            mark_group(kind, status, &mut schema);
        }
        inputs.insert(obcms_app::records::closing::MEMBER.into(), schema);
    }
    if *kind == EVENT {
        let meaning = "Resources that are booked for the event, on each of its dates, in the same save; bookings \
                       of other resources are cancelled. Without it, the bookings move with the event";
        let mut schema = json!({
            "type": ["array", "null"], "items": { "type": "string", "format": "uuid" },
            "maxItems": reservation::MAXIMUM_RESOURCES, "description": meaning, "writeOnly": true,
        });
        // Who may move the event may change its resources.
        if let Some(start) = kind.field(START.name()) {
            mark_group(kind, start, &mut schema);
        }
        inputs.insert(reservation::MEMBER.into(), schema);
    }
    let calculated = if *kind == TASK {
        &OF_TODAY[..]
    } else if *kind == CEILING {
        &OF_CEILING[..]
    } else if *kind == INDICATOR {
        &OF_INDICATOR[..]
    } else {
        &[]
    };
    for (name, data, meaning) in calculated {
        properties.insert((*name).into(), json!({ "type": data, "description": meaning, "readOnly": true }));
    }
    let name = schema_name(kind);
    [
        (name.clone(), json!({ "type": "object", "description": kind.purpose, "properties": properties })),
        (
            format!("{name}Input"),
            json!({ "type": "object", "additionalProperties": false, "properties": inputs }),
        ),
    ]
}

/// Returns the whole description.
#[must_use]
pub fn document(routes: &[Route]) -> Json {
    let mut paths = Map::new();
    for route in routes {
        let mut parameters: Vec<Json> = route
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        parameters.extend(route.parameters.iter().copied().flat_map(described));
        let (status, schema) = &route.response;
        let mut success = json!({ "description": "Success" });
        if !schema.is_null() {
            success["content"] = json!({ "application/json": { "schema": schema } });
        }
        let mut operation = json!({
            "summary": route.summary,
            "tags": [route.tag],
            "operationId": operation_id(route),
            "parameters": parameters,
            "responses": {
                status.to_string(): success,
                "default": { "$ref": "#/components/responses/Problem" },
            },
        });
        if route.access == Access::Public {
            operation["security"] = json!([]);
        }
        if let Some(request) = &route.request {
            let schema = match request {
                RequestBody::Schema(schema) => schema.clone(),
                RequestBody::Action(body) => action_schema(body),
            };
            operation["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        let entry = paths.entry(route.path.clone()).or_insert_with(|| json!({}));
        entry[route.method] = operation;
    }
    let mut components = Map::new();
    for kind in kinds::REGISTRY {
        components.extend(schemas(kind));
    }
    components.insert("Problem".into(), json!({
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" },
            "detail": { "type": "string" },
            "errors": { "type": "array", "items": { "type": "object", "properties": {
                "field": { "type": "string" }, "code": { "type": "string" }, "message": { "type": "string" },
            } } },
            "request_id": { "type": "string", "description": "Of a 500: the id under which the log of the server has it" },
        },
    }));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "obcms",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Calendar, tasks and projects of an office, one chain.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": { "Problem": {
                "description": "Description of the error",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            } },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::core::caller::COOKIE },
            },
        },
    })
}

fn operation_id(route: &Route) -> String {
    let path: String = route
        .path
        .trim_start_matches("/api/v1/")
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '_' })
        .collect();
    format!("{}_{}", route.method, path.trim_matches('_'))
}

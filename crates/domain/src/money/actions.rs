//! Bodies of the actions on ledger entries and budget scenarios.

use serde_json::{Value as Json, json};

use super::scenarios::{read_allocations, read_shares};
use crate::choices::{CEILING_ENFORCEMENT, DRAFTED_CEILINGS, SCENARIO_RULES};
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Flag, Integer, Structure, Text};

/// Reason of a reversal.
pub const COMMENT: Member<Text> = Member::multiline("comment", "Reason", 2000).required();

/// `POST /tranches/ID/reverse`.
pub const REVERSE: ActionBody = ActionBody::new(&[COMMENT.field()]);

/// Allocations to PPAs.
pub const ALLOCATIONS: Member<Structure> =
    Member::raw("allocations", "Allocations", |json| read_allocations(json).map(|_| ()), allocations_schema)
        .required()
        .help("Amount of each PPA; 0 takes it out");
/// Takes out the PPAs that are not given.
pub const REPLACE: Member<Flag> =
    Member::flag("replace", "Replace all").help("Takes out the PPAs that are not given");

/// `PATCH /scenarios/ID/allocations`.
pub const ALLOCATE: ActionBody = ActionBody::new(&[ALLOCATIONS.field(), REPLACE.field()]);

/// Rule of a distribution.
pub const RULE: Member<Text> = Member::choice("rule", "Rule", SCENARIO_RULES).required();
/// Weight of the priority score.
pub const SCORE_WEIGHT: Member<Integer> = Member::integer("score_weight", "Weight of the score", 0, 100)
    .help("For score and equity; 50 by default");
/// Weight of equity by region.
pub const EQUITY_WEIGHT: Member<Integer> =
    Member::integer("equity_weight", "Weight of equity", 0, 100).help("For score and equity; 50 by default");
/// Minimum shares of sectors and regions.
pub const MINIMUM_SHARES: Member<Structure> =
    Member::raw("minimum_shares", "Minimum shares", |json| read_shares(json).map(|_| ()), shares_schema)
        .help("Percent of the envelope for a sector or region");

/// `POST /scenarios/ID/distribute`.
pub const DISTRIBUTE: ActionBody =
    ActionBody::new(&[RULE.field(), SCORE_WEIGHT.field(), EQUITY_WEIGHT.field(), MINIMUM_SHARES.field()]);

/// Ceilings that an adoption drafts.
pub const CEILINGS: Member<Text> =
    Member::choice("ceilings", "Ceilings", DRAFTED_CEILINGS).help("By sector by default");
/// Enforcement of new ceilings.
pub const ENFORCEMENT: Member<Text> = Member::choice("enforcement", "Enforcement", CEILING_ENFORCEMENT)
    .help("Of new ceilings; hard by default");
/// Updates ceilings that exist.
pub const UPDATE_CEILINGS: Member<Flag> =
    Member::flag("update_ceilings", "Update existing ceilings").help("They are kept by default");

/// `POST /scenarios/ID/adopt`.
pub const ADOPT: ActionBody =
    ActionBody::new(&[CEILINGS.field(), ENFORCEMENT.field(), UPDATE_CEILINGS.field()]);

fn allocations_schema() -> Json {
    json!({ "type": "array", "items": { "type": "object", "required": ["ppa", "amount_centavos"], "properties": {
        "ppa": { "type": "string" }, "amount_centavos": { "type": "integer", "minimum": 0 },
    } } })
}

fn shares_schema() -> Json {
    json!({ "type": ["array", "null"], "items": { "type": "object", "required": ["by", "key", "percent"], "properties": {
        "by": { "enum": ["sector", "region"] }, "key": { "type": "string" },
        "percent": { "type": "integer", "minimum": 1, "maximum": 100 },
    } } })
}

-- Code of the program, activity or project of a PPA.
ALTER TABLE ppas ADD COLUMN "pap_code" {text};

CREATE TABLE scenarios (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "fiscal_year" {integer},
    "envelope_centavos" {integer},
    "status" {text},
    "notes" {text},
    "allocated_centavos" {integer},
    "funded" {integer},
    "rule" {text},
    "score_weight" {integer},
    "equity_weight" {integer},
    "minimum_shares" {text},
    "allocations" {text},
    "adopted_on" {date}
){table};
CREATE INDEX scenarios_status ON scenarios ("status");
CREATE INDEX scenarios_order ON scenarios ("fiscal_year", id);

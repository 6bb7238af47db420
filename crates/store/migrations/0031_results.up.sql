-- Results of PPAs: indicators with targets, measurements, updates.
CREATE TABLE indicators (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "ppa" {id},
    "kind" {text},
    "unit" {text},
    "baseline" {integer},
    "targets" {text},
    "target_note" {text},
    "combines" {text},
    "definition" {text},
    "source" {text}
){table};
CREATE INDEX indicators_ppa ON indicators ("ppa");
CREATE INDEX indicators_order ON indicators ("title", id);

CREATE TABLE measurements (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "indicator" {id},
    "ppa" {id},
    "period" {text},
    "value" {integer},
    "status" {text},
    "disaggregation" {text},
    "notes" {text},
    "reported_by" {id},
    "decided_by" {id},
    "decided_at" {instant},
    "decision_note" {text}
){table};
-- One live measurement of an indicator for each period.
CREATE UNIQUE INDEX measurements_period ON measurements ("indicator", "period") WHERE archived_at IS NULL;
CREATE INDEX measurements_indicator ON measurements ("indicator");
CREATE INDEX measurements_ppa ON measurements ("ppa");
CREATE INDEX measurements_status ON measurements ("status");
CREATE INDEX measurements_reported_by ON measurements ("reported_by");
CREATE INDEX measurements_decided_by ON measurements ("decided_by");
CREATE INDEX measurements_order ON measurements ("created_at", id);

CREATE TABLE updates (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "ppa" {id},
    "update_type" {text},
    "date" {date},
    "progress" {integer},
    "notes" {text},
    "next_steps" {text},
    "follow_up_date" {date},
    "follow_up_task" {id}
){table};
CREATE INDEX updates_ppa ON updates ("ppa");
CREATE INDEX updates_follow_up_task ON updates ("follow_up_task");
CREATE INDEX updates_order ON updates ("date", id);

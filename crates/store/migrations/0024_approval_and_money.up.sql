-- Figures in force of a PPA, and the number of its last approval round.
ALTER TABLE ppas ADD COLUMN "enacted_budget_centavos" {integer};
ALTER TABLE ppas ADD COLUMN "enacted_on" {date};
ALTER TABLE ppas ADD COLUMN "approval_round" {integer};

-- Rounds of approval, each with the figures that it decides on.
CREATE TABLE approval_rounds (
    id {id} PRIMARY KEY,
    ppa_id {id} NOT NULL,
    number {integer} NOT NULL,
    is_revision {boolean} NOT NULL,
    state {text} NOT NULL,
    reason {text} NOT NULL,
    opened_at {instant} NOT NULL,
    submitted_at {instant},
    submitted_by {id},
    ended_at {instant},
    snapshot {text} NOT NULL
){table};
CREATE UNIQUE INDEX approval_rounds_number ON approval_rounds (ppa_id, number);

-- Stages of a round, with the person and the day that a decision is expected from and by.
CREATE TABLE approval_stages (
    id {id} PRIMARY KEY,
    round_id {id} NOT NULL,
    ppa_id {id} NOT NULL,
    number {integer} NOT NULL,
    stage {text} NOT NULL,
    state {text} NOT NULL,
    assignee {id},
    due_date {date} NOT NULL,
    entered_at {instant} NOT NULL,
    left_at {instant}
){table};
CREATE UNIQUE INDEX approval_stages_number ON approval_stages (round_id, number);
CREATE INDEX approval_stages_pending ON approval_stages (state, stage, due_date);
CREATE INDEX approval_stages_ppa ON approval_stages (ppa_id);

-- Decisions: inserted and never changed.
CREATE TABLE approval_decisions (
    id {id} PRIMARY KEY,
    round_id {id} NOT NULL,
    ppa_id {id} NOT NULL,
    number {integer} NOT NULL,
    stage {text} NOT NULL,
    action {text} NOT NULL,
    decided_at {instant} NOT NULL,
    decided_by {id},
    role {text} NOT NULL,
    comment {text} NOT NULL,
    digest {text} NOT NULL,
    ceilings {text} NOT NULL,
    corrections {text} NOT NULL
){table};
CREATE UNIQUE INDEX approval_decisions_number ON approval_decisions (ppa_id, number);

-- What each PPA takes of the ceilings: its enacted budget, and one that passed budget review.
CREATE TABLE approval_commitments (
    ppa_id {id} NOT NULL,
    part {text} NOT NULL,
    fiscal_year {integer},
    sector {text},
    funding_source {text},
    amount_centavos {integer} NOT NULL,
    PRIMARY KEY (ppa_id, part)
){table};
CREATE INDEX approval_commitments_year ON approval_commitments (fiscal_year);

-- Approvals before rounds existed: only the enacted ones stay.
UPDATE ppas SET approval_stage = 'draft' WHERE approval_stage NOT IN ('draft', 'enacted');
UPDATE ppas SET enacted_budget_centavos = budget_allocation_centavos WHERE approval_stage = 'enacted';
INSERT INTO approval_commitments (ppa_id, part, fiscal_year, sector, funding_source, amount_centavos)
    SELECT id, 'enacted', fiscal_year, sector, funding_source, coalesce(budget_allocation_centavos, 0)
    FROM ppas WHERE approval_stage = 'enacted';

CREATE TABLE tranches (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "date" {date},
    "ppa" {id},
    "kind" {text},
    "adjusts" {text},
    "amount_centavos" {integer},
    "document" {text},
    "payee" {text},
    "uacs_code" {text},
    "remarks" {text},
    "reverses" {id}
){table};
CREATE INDEX tranches_ppa ON tranches ("ppa");
CREATE INDEX tranches_reverses ON tranches ("reverses");
CREATE INDEX tranches_order ON tranches ("date", id);

CREATE TABLE ceilings (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "fiscal_year" {integer},
    "sector" {text},
    "funding_source" {text},
    "amount_centavos" {integer},
    "enforcement" {text},
    "notes" {text}
){table};
CREATE INDEX ceilings_order ON ceilings ("fiscal_year", id);

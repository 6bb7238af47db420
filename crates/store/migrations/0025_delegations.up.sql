-- Who decides approvals on behalf of an absent colleague.
CREATE TABLE delegations (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "delegate" {id},
    "start_date" {date},
    "end_date" {date},
    "reason" {text},
    "delegator" {id}
){table};
CREATE INDEX delegations_delegate ON delegations ("delegate", "end_date");
CREATE INDEX delegations_delegator ON delegations ("delegator");
CREATE INDEX delegations_order ON delegations ("start_date", id);

-- Colleague on whose behalf a decision was taken.
ALTER TABLE approval_decisions ADD COLUMN on_behalf_of {id};

-- Person who is to decide the pending stage.
ALTER TABLE ppas ADD COLUMN "approval_assignee" {id};
CREATE INDEX ppas_approval_assignee ON ppas ("approval_assignee");

-- Comments on the approval of a PPA, beside the decisions. Never changed.
CREATE TABLE approval_comments (
    id {id} PRIMARY KEY,
    ppa_id {id} NOT NULL,
    round {integer} NOT NULL,
    stage {text} NOT NULL,
    text {text} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id}
){table};
CREATE INDEX approval_comments_ppa ON approval_comments (ppa_id, created_at);

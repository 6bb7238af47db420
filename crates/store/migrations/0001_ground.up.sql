-- One row for every record of every kind: what a link, a search hit or a chain shows of it.
CREATE TABLE records (
    id {id} PRIMARY KEY,
    kind {text} NOT NULL,
    title {text} NOT NULL,
    state {text} NOT NULL,
    is_archived {boolean} NOT NULL,
    updated_at {instant} NOT NULL
){table};
CREATE INDEX records_kind ON records (kind, title);

-- Every pointer from one record to another, whatever the field: filters by list fields, chains, rights of partners.
CREATE TABLE edges (
    source {id} NOT NULL,
    field {text} NOT NULL,
    position {integer} NOT NULL,
    target {id} NOT NULL,
    source_kind {text} NOT NULL,
    target_kind {text} NOT NULL,
    PRIMARY KEY (source, field, position)
){clustered};
CREATE INDEX edges_target ON edges (target, source_kind, field);

-- Words of the searchable fields, folded; found by prefix.
CREATE TABLE search_words (
    word {text} NOT NULL,
    id {id} NOT NULL,
    kind {text} NOT NULL,
    weight {integer} NOT NULL,
    PRIMARY KEY (word, id)
){clustered};
CREATE INDEX search_words_id ON search_words (id);

-- Every dated thing that the calendar shows, written with its record. All-day entries stand at midnight UTC of
-- their days, whatever the zone; is_long tells those that the search from the start of the window would miss.
CREATE TABLE calendar_entries (
    record_id {id} NOT NULL,
    entry_kind {text} NOT NULL,
    position {integer} NOT NULL,
    kind {text} NOT NULL,
    module {text} NOT NULL,
    title {text} NOT NULL,
    status {text} NOT NULL,
    priority {text} NOT NULL,
    location {text} NOT NULL,
    people {text} NOT NULL,
    all_day {boolean} NOT NULL,
    timezone {text} NOT NULL,
    start_at {instant} NOT NULL,
    end_at {instant} NOT NULL,
    is_long {boolean} NOT NULL,
    is_movable {boolean} NOT NULL,
    PRIMARY KEY (record_id, entry_kind, position)
){clustered};
CREATE INDEX calendar_entries_window ON calendar_entries (is_long, start_at);

-- The log of every write: history, undo, live pages and audit read it.
CREATE TABLE changes (
    id {id} PRIMARY KEY,
    at {instant} NOT NULL,
    actor {id},
    kind {text} NOT NULL,
    record_id {id} NOT NULL,
    version {integer} NOT NULL,
    action {text} NOT NULL,
    is_derived {boolean} NOT NULL,
    change_set {id} NOT NULL,
    fields {text} NOT NULL,
    note {text} NOT NULL
){table};
CREATE INDEX changes_record ON changes (record_id, id);
CREATE INDEX changes_set ON changes (change_set);

CREATE TABLE settings (
    name {text} PRIMARY KEY,
    value {text} NOT NULL
){clustered};

CREATE TABLE sequences (
    name {text} PRIMARY KEY,
    value {integer} NOT NULL
){clustered};

CREATE TABLE idempotency_keys (
    user_id {id} NOT NULL,
    key {text} NOT NULL,
    request {text} NOT NULL,
    status {integer} NOT NULL,
    location {text} NOT NULL,
    body {text} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (user_id, key)
){clustered};
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

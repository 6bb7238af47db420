-- Batches in which large files were read in: each is a transaction with a set of changes of its own, and all of them
-- are taken back together. Rows go after two days, when nothing is undone any more.
CREATE TABLE import_batches (
    import_id {id} NOT NULL,
    position {integer} NOT NULL,
    kind {text} NOT NULL,
    actor {id},
    change_set {id} NOT NULL,
    record_id {id} NOT NULL,
    at {instant} NOT NULL,
    PRIMARY KEY (import_id, position)
){clustered};
CREATE INDEX import_batches_at ON import_batches (at);

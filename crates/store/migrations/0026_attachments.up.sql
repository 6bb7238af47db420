-- Contents of files by their SHA-256; the bytes lie in the folder of files.
CREATE TABLE blobs (
    hash {text} PRIMARY KEY,
    size_bytes {integer} NOT NULL,
    created_at {instant} NOT NULL,
    unused_at {instant}
){table};

-- Files of records. A removed one is archived until its content is deleted.
CREATE TABLE attachments (
    id {id} PRIMARY KEY,
    kind {text} NOT NULL,
    record_id {id} NOT NULL,
    round {integer},
    hash {text} NOT NULL,
    name {text} NOT NULL,
    content_type {text} NOT NULL,
    size_bytes {integer} NOT NULL,
    uploaded_at {instant} NOT NULL,
    uploaded_by {id},
    archived_at {instant},
    archived_by {id}
){table};
CREATE INDEX attachments_record ON attachments (record_id, uploaded_at);
CREATE INDEX attachments_hash ON attachments (hash);
CREATE INDEX attachments_archived ON attachments (archived_at);

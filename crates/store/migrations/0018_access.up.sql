-- A token that was made with another ends with it.
ALTER TABLE tokens ADD COLUMN parent_id {id};
CREATE INDEX tokens_parent ON tokens (parent_id);
-- Feeds may have an end.
ALTER TABLE feeds ADD COLUMN "expires" {instant};

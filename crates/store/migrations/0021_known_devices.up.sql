-- Browsers in which somebody has signed in: their attempts are counted apart, so that nobody locks an owner out.
CREATE TABLE known_devices (
    secret_hash {bytes} PRIMARY KEY,
    id {id} NOT NULL,
    user_id {id} NOT NULL,
    last_used_at {instant} NOT NULL
){clustered};
CREATE INDEX known_devices_user ON known_devices (user_id, last_used_at);
-- Failures of a client over all accounts, and the oldest of all.
CREATE INDEX sign_in_failures_address ON sign_in_failures (address, at);
CREATE INDEX sign_in_failures_at ON sign_in_failures (at);

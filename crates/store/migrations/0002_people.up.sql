CREATE TABLE sessions (
    id {id} PRIMARY KEY,
    secret_hash {bytes} NOT NULL UNIQUE,
    user_id {id} NOT NULL,
    csrf_token {text} NOT NULL,
    created_at {instant} NOT NULL,
    last_seen_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    address {text} NOT NULL,
    agent {text} NOT NULL
){table};
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE tokens (
    id {id} PRIMARY KEY,
    secret_hash {bytes} NOT NULL UNIQUE,
    user_id {id} NOT NULL,
    name {text} NOT NULL,
    scope {text} NOT NULL,
    created_at {instant} NOT NULL,
    expires_at {instant},
    last_used_at {instant},
    revoked_at {instant}
){table};
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE sign_in_failures (
    id {id} PRIMARY KEY,
    account {text} NOT NULL,
    address {text} NOT NULL,
    at {instant} NOT NULL
){table};
CREATE INDEX sign_in_failures_account ON sign_in_failures (account, address, at);

-- Links that let somebody set a password once: the first administrator, a new user, a forgotten password.
CREATE TABLE setup_links (
    secret_hash {bytes} PRIMARY KEY,
    user_id {id},
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    used_at {instant}
){clustered};

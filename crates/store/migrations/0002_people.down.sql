DROP TABLE setup_links;
DROP TABLE sign_in_failures;
DROP TABLE tokens;
DROP TABLE sessions;

DROP INDEX sign_in_failures_at;
DROP INDEX sign_in_failures_address;
DROP TABLE known_devices;

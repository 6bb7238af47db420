DROP TABLE idempotency_keys;
DROP TABLE sequences;
DROP TABLE settings;
DROP TABLE changes;
DROP TABLE calendar_entries;
DROP TABLE search_words;
DROP TABLE edges;
DROP TABLE records;

-- The list says what the missing one said before.
UPDATE shares SET "modules" = "modules";

-- A share without modules showed all of them. From now on it shows nothing, so what owners published is written out.
UPDATE shares SET "modules" = '["coordination","mana","projects","tasks","policy","services","communities","resources","holidays"]'
WHERE "modules" IS NULL OR "modules" = '' OR "modules" = '[]' OR "modules" = 'null';

ALTER TABLE shares DROP COLUMN "made_with";
ALTER TABLE feeds DROP COLUMN "made_with";

-- The token with which a feed or a shared calendar got its address, so that it can end with it.
ALTER TABLE feeds ADD COLUMN "made_with" {text};
ALTER TABLE shares ADD COLUMN "made_with" {text};

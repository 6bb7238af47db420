-- Tasks that the partners of their PPA see.
ALTER TABLE tasks ADD COLUMN "visible_to_partners" {boolean};

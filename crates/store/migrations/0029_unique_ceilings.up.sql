-- One live ceiling for each year, sector and source. Duplicates from before are numbered and stay in force.
ALTER TABLE ceilings ADD COLUMN "duplicate" {integer};
UPDATE ceilings SET duplicate = (
    SELECT count(*) FROM ceilings AS older
    WHERE older.archived_at IS NULL AND older.fiscal_year = ceilings.fiscal_year
        AND coalesce(older.sector, '') = coalesce(ceilings.sector, '')
        AND coalesce(older.funding_source, '') = coalesce(ceilings.funding_source, '')
        AND older.id < ceilings.id
) WHERE archived_at IS NULL;
UPDATE ceilings SET duplicate = NULL WHERE duplicate = 0;
CREATE UNIQUE INDEX ceilings_group
    ON ceilings ("fiscal_year", coalesce("sector", ''), coalesce("funding_source", ''), coalesce("duplicate", 0))
    WHERE archived_at IS NULL;

-- Candidates of scenarios and budgets in review are found by year.
CREATE INDEX ppas_fiscal_year ON ppas ("fiscal_year", "approval_stage");

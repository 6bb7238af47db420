DROP INDEX ppas_fiscal_year;
DROP INDEX ceilings_group;
ALTER TABLE ceilings DROP COLUMN "duplicate";

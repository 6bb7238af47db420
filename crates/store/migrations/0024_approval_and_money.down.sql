DROP TABLE ceilings;
DROP TABLE tranches;
DROP TABLE approval_commitments;
DROP TABLE approval_decisions;
DROP TABLE approval_stages;
DROP TABLE approval_rounds;
ALTER TABLE ppas DROP COLUMN "approval_round";
ALTER TABLE ppas DROP COLUMN "enacted_on";
ALTER TABLE ppas DROP COLUMN "enacted_budget_centavos";

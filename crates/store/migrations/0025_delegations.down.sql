DROP TABLE approval_comments;
DROP INDEX ppas_approval_assignee;
ALTER TABLE ppas DROP COLUMN "approval_assignee";
ALTER TABLE approval_decisions DROP COLUMN on_behalf_of;
DROP TABLE delegations;

-- One table for each kind, as the example create_table printed them from the descriptions.
CREATE TABLE events (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "event_type" {text},
    "all_day" {boolean},
    "start" {instant},
    "end" {instant},
    "timezone" {text},
    "venue" {text},
    "status" {text},
    "organizer" {id},
    "community" {id},
    "priority" {text},
    "description" {text},
    "agenda" {text},
    "virtual_link" {text},
    "related_assessment" {id},
    "related_ppa" {id},
    "expected_participants" {integer},
    "actual_participants" {integer},
    "minutes" {text},
    "outcomes" {text}
){table};
CREATE INDEX events_status ON events ("status");
CREATE INDEX events_organizer ON events ("organizer");
CREATE INDEX events_community ON events ("community");
CREATE INDEX events_related_assessment ON events ("related_assessment");
CREATE INDEX events_related_ppa ON events ("related_ppa");
CREATE INDEX events_order ON events ("start", id);

CREATE TABLE tasks (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "description" {text},
    "origin_kind" {text},
    "origin_id" {id},
    "start_date" {date},
    "due_date" {date},
    "status" {text},
    "priority" {text},
    "progress" {integer},
    "domain" {text},
    "phase" {text},
    "weight" {integer},
    "estimated_hours" {integer},
    "actual_hours" {integer},
    "marked_at_risk" {boolean},
    "blocked" {boolean},
    "started_at" {instant},
    "completed_at" {instant},
    "template_item" {text},
    "touched" {boolean},
    "generated_anchor" {text},
    "generated_offset" {integer},
    "progress_before_completion" {integer},
    "rank" {text}
){table};
CREATE INDEX tasks_origin ON tasks ("origin_id");
CREATE INDEX tasks_status ON tasks ("status");
CREATE INDEX tasks_order ON tasks ("due_date", id);

CREATE TABLE needs (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "community" {id},
    "sector" {text},
    "status" {text},
    "description" {text},
    "urgency_level" {text},
    "impact_severity" {integer},
    "feasibility" {text},
    "affected_population" {integer},
    "affected_households" {integer},
    "estimated_cost_centavos" {integer},
    "priority_score" {integer},
    "priority_rank" {integer},
    "assessment" {id},
    "forwarded_to" {id},
    "evidence_sources" {text},
    "validated_at" {instant},
    "validated_by" {id}
){table};
CREATE INDEX needs_community ON needs ("community");
CREATE INDEX needs_status ON needs ("status");
CREATE INDEX needs_assessment ON needs ("assessment");
CREATE INDEX needs_forwarded_to ON needs ("forwarded_to");
CREATE INDEX needs_validated_by ON needs ("validated_by");
CREATE INDEX needs_order ON needs ("priority_score", id);

CREATE TABLE ppas (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "category" {text},
    "summary" {text},
    "status" {text},
    "sector" {text},
    "lead_organization" {id},
    "manager" {id},
    "start_date" {date},
    "target_end_date" {date},
    "budget_allocation_centavos" {integer},
    "funding_source" {text},
    "fiscal_year" {integer},
    "priority" {text},
    "progress" {integer},
    "task_progress" {integer},
    "manual_progress" {integer},
    "manual_progress_reason" {text},
    "approval_stage" {text},
    "milestones" {text},
    "appropriation_class" {text},
    "total_slots" {integer},
    "obc_slots" {integer},
    "implementing_organization" {id},
    "assessment" {id},
    "coverage_region" {id},
    "coverage_province" {id},
    "coverage_municipality" {id},
    "actual_end_date" {date},
    "outcome_framework" {text}
){table};
CREATE INDEX ppas_status ON ppas ("status");
CREATE INDEX ppas_lead_organization ON ppas ("lead_organization");
CREATE INDEX ppas_manager ON ppas ("manager");
CREATE INDEX ppas_implementing_organization ON ppas ("implementing_organization");
CREATE INDEX ppas_assessment ON ppas ("assessment");
CREATE INDEX ppas_coverage_region ON ppas ("coverage_region");
CREATE INDEX ppas_coverage_province ON ppas ("coverage_province");
CREATE INDEX ppas_coverage_municipality ON ppas ("coverage_municipality");
CREATE INDEX ppas_order ON ppas ("created_at", id);

CREATE TABLE projects (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "need" {id},
    "ppa" {id},
    "lead" {id},
    "current_stage" {text},
    "stage_entered_at" {instant},
    "priority" {text},
    "target_completion_date" {date},
    "focal_organization" {id},
    "mao_focal_person" {text},
    "completed_on" {date},
    "notes" {text}
){table};
CREATE INDEX projects_need ON projects ("need");
CREATE INDEX projects_ppa ON projects ("ppa");
CREATE INDEX projects_lead ON projects ("lead");
CREATE INDEX projects_current_stage ON projects ("current_stage");
CREATE INDEX projects_focal_organization ON projects ("focal_organization");
CREATE INDEX projects_order ON projects ("created_at", id);

CREATE TABLE assessments (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "primary_methodology" {text},
    "planned_start_date" {date},
    "planned_end_date" {date},
    "lead_assessor" {id},
    "status" {text},
    "priority" {text},
    "category" {text},
    "assessment_level" {text},
    "community" {id},
    "region" {id},
    "province" {id},
    "municipality" {id},
    "planning_completion_date" {date},
    "data_collection_end_date" {date},
    "analysis_completion_date" {date},
    "report_due_date" {date},
    "description" {text},
    "objectives" {text},
    "estimated_budget_centavos" {integer},
    "key_findings" {text},
    "recommendations" {text}
){table};
CREATE INDEX assessments_lead_assessor ON assessments ("lead_assessor");
CREATE INDEX assessments_status ON assessments ("status");
CREATE INDEX assessments_community ON assessments ("community");
CREATE INDEX assessments_region ON assessments ("region");
CREATE INDEX assessments_province ON assessments ("province");
CREATE INDEX assessments_municipality ON assessments ("municipality");
CREATE INDEX assessments_order ON assessments ("planned_start_date", id);

CREATE TABLE communities (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "barangay" {id},
    "municipality" {id},
    "province" {id},
    "region" {id},
    "obc_id" {text},
    "estimated_obc_population" {integer},
    "households" {integer},
    "families" {integer},
    "total_barangay_population" {integer},
    "primary_ethnolinguistic_group" {text},
    "languages_spoken" {text},
    "settlement_type" {text},
    "proximity_to_barmm" {text},
    "purok_sitio" {text},
    "children_0_9" {integer},
    "adolescents_10_14" {integer},
    "youth_15_30" {integer},
    "adults_31_59" {integer},
    "seniors_60_plus" {integer},
    "women_count" {integer},
    "solo_parents_count" {integer},
    "pwd_count" {integer},
    "farmers_count" {integer},
    "fisherfolk_count" {integer},
    "idps_count" {integer},
    "mosques_count" {integer},
    "madrasah_count" {integer},
    "asatidz_count" {integer},
    "estimated_poverty_incidence" {text},
    "access_formal_education" {text},
    "access_madrasah" {text},
    "access_healthcare" {text},
    "access_clean_water" {text},
    "access_sanitation" {text},
    "access_electricity" {text},
    "access_roads_transport" {text},
    "access_communication" {text},
    "primary_livelihoods" {text},
    "cultural_background" {text},
    "priority_needs" {text},
    "relationship_with_lgu" {text},
    "community_leader" {text},
    "leader_contact" {text},
    "needs_assessment_date" {date},
    "notes" {text}
){table};
CREATE INDEX communities_barangay ON communities ("barangay");
CREATE INDEX communities_municipality ON communities ("municipality");
CREATE INDEX communities_province ON communities ("province");
CREATE INDEX communities_region ON communities ("region");
CREATE INDEX communities_order ON communities ("name", id);

CREATE TABLE policies (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "reference_number" {text},
    "category" {text},
    "status" {text},
    "priority" {text},
    "scope" {text},
    "lead_author" {id},
    "assigned_reviewer" {id},
    "submission_date" {date},
    "review_deadline" {date},
    "implementation_start_date" {date},
    "implementation_deadline" {date},
    "approval_date" {date},
    "description" {text},
    "problem_statement" {text},
    "proposed_solution" {text},
    "expected_outcomes" {text},
    "estimated_cost_centavos" {integer}
){table};
CREATE INDEX policies_status ON policies ("status");
CREATE INDEX policies_lead_author ON policies ("lead_author");
CREATE INDEX policies_assigned_reviewer ON policies ("assigned_reviewer");
CREATE INDEX policies_order ON policies ("created_at", id);

CREATE TABLE policy_milestones (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "policy" {id},
    "target_date" {date},
    "status" {text},
    "assigned_to" {id},
    "responsible_party" {text},
    "progress" {integer},
    "description" {text}
){table};
CREATE INDEX policy_milestones_policy ON policy_milestones ("policy");
CREATE INDEX policy_milestones_status ON policy_milestones ("status");
CREATE INDEX policy_milestones_assigned_to ON policy_milestones ("assigned_to");
CREATE INDEX policy_milestones_order ON policy_milestones ("target_date", id);

CREATE TABLE services (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "service_type" {text},
    "status" {text},
    "offering_organization" {id},
    "focal_person" {id},
    "eligibility_level" {text},
    "application_start_date" {date},
    "application_deadline" {date},
    "service_start_date" {date},
    "service_end_date" {date},
    "total_slots" {integer},
    "budget_centavos" {integer},
    "description" {text},
    "eligibility_criteria" {text}
){table};
CREATE INDEX services_status ON services ("status");
CREATE INDEX services_offering_organization ON services ("offering_organization");
CREATE INDEX services_focal_person ON services ("focal_person");
CREATE INDEX services_order ON services ("created_at", id);

CREATE TABLE applications (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "applicant_name" {text},
    "service" {id},
    "status" {text},
    "community" {id},
    "reviewer" {id},
    "requested_amount_centavos" {integer},
    "beneficiary_count" {integer},
    "submitted_on" {date},
    "details" {text}
){table};
CREATE INDEX applications_service ON applications ("service");
CREATE INDEX applications_status ON applications ("status");
CREATE INDEX applications_community ON applications ("community");
CREATE INDEX applications_reviewer ON applications ("reviewer");
CREATE INDEX applications_order ON applications ("created_at", id);

CREATE TABLE organizations (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "acronym" {text},
    "organization_type" {text},
    "partnership_level" {text},
    "partnership_status" {text},
    "is_priority" {boolean},
    "focal_person" {text},
    "email" {text},
    "phone" {text},
    "website" {text},
    "address" {text},
    "head" {text},
    "mandate" {text},
    "engagement_frequency" {text},
    "region" {id}
){table};
CREATE INDEX organizations_partnership_status ON organizations ("partnership_status");
CREATE INDEX organizations_region ON organizations ("region");
CREATE INDEX organizations_order ON organizations ("name", id);

CREATE TABLE teams (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "domain" {text},
    "lead" {id},
    "description" {text},
    "focus_areas" {text},
    "is_active" {boolean}
){table};
CREATE INDEX teams_lead ON teams ("lead");
CREATE INDEX teams_order ON teams ("name", id);

CREATE TABLE resources (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "resource_type" {text},
    "capacity" {integer},
    "location" {text},
    "requires_approval" {boolean},
    "is_available" {boolean},
    "person" {id},
    "cost_per_use_centavos" {integer},
    "description" {text}
){table};
CREATE INDEX resources_person ON resources ("person");
CREATE INDEX resources_order ON resources ("name", id);

CREATE TABLE task_templates (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "name" {text},
    "domain" {text},
    "description" {text},
    "is_active" {boolean},
    "items" {text}
){table};
CREATE INDEX task_templates_order ON task_templates ("name", id);

CREATE TABLE regions (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "code" {text},
    "short_name" {text},
    "population" {integer}
){table};
CREATE INDEX regions_order ON regions ("name", id);

CREATE TABLE provinces (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "code" {text},
    "region" {id},
    "population" {integer}
){table};
CREATE INDEX provinces_region ON provinces ("region");
CREATE INDEX provinces_order ON provinces ("name", id);

CREATE TABLE municipalities (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "code" {text},
    "municipality_type" {text},
    "region" {id},
    "province" {id},
    "population" {integer},
    "latitude" {integer},
    "longitude" {integer}
){table};
CREATE INDEX municipalities_region ON municipalities ("region");
CREATE INDEX municipalities_province ON municipalities ("province");
CREATE INDEX municipalities_order ON municipalities ("name", id);

CREATE TABLE barangays (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "code" {text},
    "municipality" {id},
    "is_urban" {boolean},
    "population" {integer},
    "latitude" {integer},
    "longitude" {integer}
){table};
CREATE INDEX barangays_municipality ON barangays ("municipality");
CREATE INDEX barangays_order ON barangays ("name", id);

CREATE TABLE users (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "username" {text},
    "full_name" {text},
    "email" {text},
    "roles" {text},
    "position" {text},
    "phone" {text},
    "organization" {id},
    "timezone" {text},
    "theme" {text},
    "week_start" {text},
    "is_disabled" {boolean},
    "last_sign_in_at" {instant},
    "password_hash" {text}
){table};
CREATE INDEX users_organization ON users ("organization");
CREATE INDEX users_order ON users ("full_name", id);


-- What may be there only once.
CREATE UNIQUE INDEX users_username ON users (username);
CREATE UNIQUE INDEX teams_name ON teams (name);
CREATE UNIQUE INDEX task_templates_name ON task_templates (name);
CREATE UNIQUE INDEX policies_reference_number ON policies (reference_number);
-- Nothing is generated twice for the same origin.
CREATE UNIQUE INDEX tasks_generated ON tasks (origin_id, template_item) WHERE template_item IS NOT NULL;
-- The board: columns by state, priority or domain, cards by rank.
CREATE INDEX tasks_board_status ON tasks (status, rank) WHERE archived_at IS NULL;
CREATE INDEX tasks_board_priority ON tasks (priority, rank) WHERE archived_at IS NULL;
CREATE INDEX tasks_board_domain ON tasks (domain, rank) WHERE archived_at IS NULL;
CREATE INDEX tasks_rank ON tasks (rank);

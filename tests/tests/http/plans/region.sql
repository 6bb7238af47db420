INSERT INTO users (id, version, created_at, updated_at, username, full_name, roles, timezone)
SELECT {id:1000000 + n}, 1, {at:1790000000}, {at:1790000000}, 'busy.' || n, 'Busy ' || n, '["staff"]', 'Asia/Manila' FROM {to:500};
INSERT INTO organizations (id, version, created_at, updated_at, name)
SELECT {id:2000000 + n}, 1, {at:1790000000}, {at:1790000000}, 'Bureau ' || n FROM {to:800};
INSERT INTO communities (id, version, created_at, created_by, updated_at, name)
SELECT {id:3000000 + n}, 1, {at:1790000000}, {id:1000001 + n % 500}, {at:1790000000}, 'Sitio ' || n FROM {to:1570};
INSERT INTO needs (id, version, created_at, created_by, updated_at, title, community, sector, status, priority_score, estimated_cost_centavos)
SELECT {id:4000000 + n}, 1, {at:1790000000 + n}, {id:1000001 + n % 500}, {at:1790000000}, 'Water need ' || n, {id:3000001 + n % 1570}, 'health',
    CASE n % 4 WHEN 0 THEN 'identified' WHEN 1 THEN 'validated' WHEN 2 THEN 'completed' ELSE 'rejected' END, n % 100, 1000 FROM {to:3600};
INSERT INTO ppas (id, version, created_at, created_by, updated_at, title, category, status, sector, lead_organization, budget_allocation_centavos,
    fiscal_year, priority, progress, approval_stage, target_end_date)
SELECT {id:5000000 + n}, 1, {at:1790000000 + n}, {id:1000001 + n % 500}, {at:1790000000}, 'Water programme ' || n, 'moa_ppa',
    CASE n % 4 WHEN 0 THEN 'planning' WHEN 1 THEN 'ongoing' WHEN 2 THEN 'completed' ELSE 'cancelled' END, 'health',
    CASE WHEN n % 10 = 1 THEN {known:organization} ELSE {id:2000001 + n % 800} END, 100000, 2026 + n % 3, 'medium', n % 100, 'draft', {day:n % 400 - 200}
FROM {to:3000};
INSERT INTO projects (id, version, created_at, created_by, updated_at, title, need, ppa, current_stage, stage_entered_at, priority)
SELECT {id:6000000 + n}, 1, {at:1790000000 + n}, {id:1000001 + n % 500}, {at:1790000000}, 'Project ' || n, {id:4000000 + n}, {id:5000000 + n},
    'implementation', {at:1790000000 + n}, 'medium' FROM {to:1200};
INSERT INTO assessments (id, version, created_at, created_by, updated_at, title, primary_methodology, planned_start_date, status, community)
SELECT {id:7000000 + n}, 1, {at:1790000000 + n}, {id:1000001 + n % 500}, {at:1790000000}, 'Assessment ' || n, 'survey', {day:n % 600 - 300}, 'planning',
    {id:3000001 + n % 1570} FROM {to:2000};
INSERT INTO services (id, version, created_at, updated_at, title, status, offering_organization)
SELECT {id:7500000 + n}, 1, {at:1790000000 + n}, {at:1790000000}, 'Service ' || n, 'active', {id:2000001 + n % 800} FROM {to:230};
INSERT INTO applications (id, version, created_at, created_by, updated_at, service, status, community, reviewer)
SELECT {id:7600000 + n}, 1, {at:1790000000 + n}, {id:1000001 + n % 500}, {at:1790000000}, {id:7500001 + n % 230},
    CASE n % 20 WHEN 0 THEN 'submitted' WHEN 1 THEN 'under_review' WHEN 2 THEN 'draft' WHEN 3 THEN 'rejected' ELSE 'approved' END,
    {id:3000001 + n % 1570}, {id:1000001 + n % 200} FROM {to:1600};
INSERT INTO events (id, version, created_at, created_by, updated_at, title, event_type, all_day, "start", "end", timezone, status, organizer, community, priority)
SELECT {id:8000000 + n}, 1, {at:1790000000 + n}, {id:1000001 + n % 500}, {at:1790000000}, 'Water meeting ' || n, 'meeting', {yes:0 = 1},
    {at:1790000000 + n * 3000}, {at:1790003600 + n * 3000}, 'Asia/Manila', 'scheduled', {id:1000001 + n % 500}, {id:3000001 + n % 1570}, 'medium' FROM {to:10000};
INSERT INTO tasks (id, version, created_at, created_by, updated_at, title, origin_kind, origin_id, due_date, next_due, status, priority, progress, domain,
    blocked, "rank", unassigned, archived_at)
SELECT {id:10000000 + n}, 1, {at:1790000000 + n}, CASE WHEN n % 100 = 7 THEN {known:partner} ELSE {id:1000001 + n % 500} END, {at:1790000000}, 'Water task ' || n,
    'ppa', {id:5000001 + n % 3000}, {day:n % 700 - 300}, {day:n % 700 - 300},
    CASE WHEN n % 20 < 6 THEN 'not_started' WHEN n % 20 < 9 THEN 'in_progress' WHEN n % 20 = 9 THEN 'on_hold' WHEN n % 20 < 19 THEN 'completed' ELSE 'cancelled' END,
    CASE n % 3 WHEN 0 THEN 'low' WHEN 1 THEN 'medium' ELSE 'high' END, 0, 'general', {yes:0 = 1}, 'a' || {pad:n * 7 % 50000}, {yes:n % 25 = 0},
    CASE WHEN n % 250 = 9 THEN {at:1790000000 + n} END
FROM {to:50000};

-- Who does what: a fifteenth of the tasks is with the busiest member of the staff, a fortieth with the partner.
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT {id:10000000 + n}, 'assignees', 0, CASE WHEN n % 15 = 1 THEN {known:staff} WHEN n % 40 = 3 THEN {known:partner} ELSE {id:1000001 + n * 7 % 500} END,
    'task', 'user' FROM {to:50000} WHERE n % 25 <> 0;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT {id:10000000 + n}, 'origin', 0, {id:5000001 + n % 3000}, 'task', 'ppa' FROM {to:50000};
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT {id:10000001 + n}, 'depends_on', 0, {id:10000000 + n}, 'task', 'task' FROM {to:49999} WHERE n % 2 = 0;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT id, 'lead_organization', 0, lead_organization, 'ppa', 'organization' FROM ppas;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT {id:5000000 + n}, 'needs', 0, {id:4000000 + n}, 'ppa', 'need' FROM {to:2400};
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT {id:5000000 + n}, 'communities', 0, {id:3000001 + n % 1570}, 'ppa', 'community' FROM {to:3000};
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'community', 0, community, 'need', 'community' FROM needs;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'need', 0, need, 'project', 'need' FROM projects;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'ppa', 0, ppa, 'project', 'ppa' FROM projects;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'community', 0, community, 'assessment', 'community' FROM assessments;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'service', 0, service, 'application', 'service' FROM applications;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'community', 0, community, 'application', 'community' FROM applications;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'community', 0, community, 'event', 'community' FROM events;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind) SELECT id, 'organizer', 0, organizer, 'event', 'user' FROM events;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT {id:8000000 + n}, 'participants', p.k, {id:1000001 + (n + p.k * 31) % 500}, 'event', 'user'
FROM {to:10000}, (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) p;
INSERT INTO edges (source, field, "position", target, source_kind, target_kind)
SELECT {id:8000000 + n}, 'organizations', 0, CASE WHEN n % 10 = 4 THEN {known:organization} ELSE {id:2000001 + n % 800} END, 'event', 'organization' FROM {to:10000};

INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'user', full_name, '', {yes:0 = 1}, updated_at FROM users WHERE username LIKE 'busy.%';
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'organization', name, '', {yes:0 = 1}, updated_at FROM organizations WHERE name LIKE 'Bureau %';
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'community', name, '', {yes:0 = 1}, updated_at FROM communities;
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'need', title, status, {yes:0 = 1}, updated_at FROM needs;
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'ppa', title, status, {yes:0 = 1}, updated_at FROM ppas;
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'project', title, current_stage, {yes:0 = 1}, updated_at FROM projects;
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'assessment', title, status, {yes:0 = 1}, updated_at FROM assessments;
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'service', title, status, {yes:0 = 1}, updated_at FROM services;
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'event', title, status, {yes:0 = 1}, updated_at FROM events;
INSERT INTO records (id, kind, title, state, is_archived, updated_at) SELECT id, 'task', title, status, {yes:archived_at IS NOT NULL}, updated_at FROM tasks;
INSERT INTO search_words (word, id, kind, weight) SELECT 'water', id, kind, 10 FROM records WHERE title LIKE 'Water %';
INSERT INTO search_words (word, id, kind, weight) SELECT kind, id, kind, 10 FROM records WHERE title LIKE 'Water %';
INSERT INTO search_words (word, id, kind, weight)
SELECT 'word' || p.k || {pad:n % 4000}, {id:10000000 + n}, 'task', 10
FROM {to:50000}, (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3) p;
INSERT INTO calendar_entries (record_id, entry_kind, "position", kind, module, title, status, priority, location, people, all_day, timezone, start_at, end_at,
    is_long, is_movable, series)
SELECT id, 'event', 0, 'event', 'coordination', title, status, 'medium', '', '', {yes:0 = 1}, 'Asia/Manila', "start", "end", {yes:0 = 1}, {yes:1 = 1}, '' FROM events;

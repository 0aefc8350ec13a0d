BEGIN;
DO $$ BEGIN IF to_regrole('pipeboard_viewer') IS NULL THEN CREATE ROLE pipeboard_viewer NOLOGIN; END IF; END $$;
DO $$ BEGIN IF to_regrole('pipeboard_rep') IS NULL THEN CREATE ROLE pipeboard_rep NOLOGIN; END IF; END $$;
DO $$ BEGIN IF to_regrole('pipeboard_manager') IS NULL THEN CREATE ROLE pipeboard_manager NOLOGIN; END IF; END $$;
DO $$ BEGIN IF to_regrole('pipeboard_owner') IS NULL THEN CREATE ROLE pipeboard_owner NOLOGIN; END IF; END $$;
GRANT pipeboard_viewer TO pipeboard_rep;
GRANT pipeboard_rep TO pipeboard_manager;
GRANT pipeboard_manager TO pipeboard_owner;
REVOKE ALL ON ALL TABLES IN SCHEMA "team""s" FROM PUBLIC;
GRANT USAGE ON SCHEMA "team""s" TO pipeboard_viewer;
GRANT SELECT ON "team""s".workspace, "team""s".setting, "team""s".counter, "team""s".pipeline, "team""s".stage, "team""s".rep, "team""s".deal, "team""s".deal_tag, "team""s".deal_field, "team""s".answer, "team""s".contact, "team""s".deal_ask, "team""s".note, "team""s".touch, "team""s".deal_facts, "team""s".stage_total, "team""s".command, "team""s".event, "team""s".workspace_event, "team""s".pipeline_version, "team""s".target, "team""s".fx_rate, "team""s".import_recipe, "team""s".saved_filter TO pipeboard_viewer;
GRANT INSERT ON "team""s".command, "team""s".event, "team""s".workspace_event TO pipeboard_rep;
GRANT UPDATE (digest, undone) ON "team""s".command TO pipeboard_rep;
GRANT INSERT, UPDATE ON "team""s".deal, "team""s".stage_total, "team""s".import_recipe TO pipeboard_rep;
GRANT INSERT, UPDATE, DELETE ON "team""s".deal_tag, "team""s".deal_field, "team""s".answer, "team""s".contact, "team""s".deal_ask, "team""s".note, "team""s".touch, "team""s".deal_facts, "team""s".saved_filter TO pipeboard_rep;
GRANT UPDATE (value) ON "team""s".counter TO pipeboard_rep;
GRANT INSERT ON "team""s".rep TO pipeboard_rep;
GRANT INSERT, UPDATE, DELETE ON "team""s".setting, "team""s".pipeline, "team""s".stage, "team""s".pipeline_version, "team""s".target, "team""s".fx_rate, "team""s".rep TO pipeboard_manager;
CREATE OR REPLACE FUNCTION "team""s".pipeboard_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = "team""s", pg_temp AS $said$
SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM "team""s".rep WHERE role <> '') THEN 'owner'
  ELSE coalesce((SELECT nullif(role, '') FROM "team""s".rep WHERE name = session_user::text),
                'viewer') END
$said$;
CREATE OR REPLACE FUNCTION "team""s".pipeboard_seen() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = "team""s", pg_temp AS $said$
SELECT CASE WHEN "team""s".pipeboard_role() IN ('manager', 'owner')
    OR coalesce((SELECT value FROM "team""s".setting WHERE name = 'reps_see'), '0') = '0'
    OR (SELECT acts_for FROM "team""s".rep WHERE name = session_user::text) ~ '(^| )[*]( |$)'
  THEN NULL
  ELSE ARRAY(SELECT '' UNION SELECT session_user::text
    UNION SELECT unnest(string_to_array(acts_for, ' ')) FROM "team""s".rep
      WHERE name = session_user::text
    UNION SELECT other.name FROM "team""s".rep AS other JOIN "team""s".rep AS me USING (team)
      WHERE me.name = session_user::text AND team <> ''
        AND (SELECT value FROM "team""s".setting WHERE name = 'reps_see') = '1')
  END
$said$;
CREATE OR REPLACE FUNCTION "team""s".pipeboard_own_only() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = "team""s", pg_temp AS $said$
SELECT coalesce((SELECT value FROM "team""s".setting WHERE name = 'reps_edit_own'), 'false')
  = 'true'
$said$;
CREATE OR REPLACE FUNCTION "team""s".pipeboard_number() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = "team""s", pg_temp AS $said$
BEGIN
  EXECUTE format('SELECT coalesce(max(seq), 0) + 1 FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME)
    INTO NEW.seq;
  RETURN NEW;
END $said$;
DROP TRIGGER IF EXISTS pipeboard_number ON "team""s".event;
CREATE TRIGGER pipeboard_number BEFORE INSERT ON "team""s".event FOR EACH ROW EXECUTE FUNCTION "team""s".pipeboard_number();
DROP TRIGGER IF EXISTS pipeboard_number ON "team""s".workspace_event;
CREATE TRIGGER pipeboard_number BEFORE INSERT ON "team""s".workspace_event FOR EACH ROW EXECUTE FUNCTION "team""s".pipeboard_number();
ALTER TABLE "team""s".deal ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".deal_tag ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".deal_field ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".deal_ask ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".note ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".touch ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".deal_facts ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".event ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".command ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".workspace_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".rep ENABLE ROW LEVEL SECURITY;
ALTER TABLE "team""s".saved_filter ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS pipeboard_select ON "team""s".deal;
CREATE POLICY pipeboard_select ON "team""s".deal FOR SELECT TO PUBLIC
  USING (((SELECT "team""s".pipeboard_seen()) IS NULL OR owner = ANY ((SELECT "team""s".pipeboard_seen())::text[])) OR given_by = session_user::text);
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".deal;
CREATE POLICY pipeboard_insert ON "team""s".deal FOR INSERT TO PUBLIC
  WITH CHECK (true);
DROP POLICY IF EXISTS pipeboard_update ON "team""s".deal;
CREATE POLICY pipeboard_update ON "team""s".deal FOR UPDATE TO PUBLIC
  USING (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text))) WITH CHECK (true);
DROP POLICY IF EXISTS pipeboard_select ON "team""s".deal_tag;
CREATE POLICY pipeboard_select ON "team""s".deal_tag FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".deal_field;
CREATE POLICY pipeboard_select ON "team""s".deal_field FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".answer;
CREATE POLICY pipeboard_select ON "team""s".answer FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".contact;
CREATE POLICY pipeboard_select ON "team""s".contact FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".deal_ask;
CREATE POLICY pipeboard_select ON "team""s".deal_ask FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".note;
CREATE POLICY pipeboard_select ON "team""s".note FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".touch;
CREATE POLICY pipeboard_select ON "team""s".touch FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".deal_facts;
CREATE POLICY pipeboard_select ON "team""s".deal_facts FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".deal_tag;
CREATE POLICY pipeboard_insert ON "team""s".deal_tag FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".deal_field;
CREATE POLICY pipeboard_insert ON "team""s".deal_field FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".answer;
CREATE POLICY pipeboard_insert ON "team""s".answer FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".contact;
CREATE POLICY pipeboard_insert ON "team""s".contact FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".deal_ask;
CREATE POLICY pipeboard_insert ON "team""s".deal_ask FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".note;
CREATE POLICY pipeboard_insert ON "team""s".note FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".touch;
CREATE POLICY pipeboard_insert ON "team""s".touch FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".deal_facts;
CREATE POLICY pipeboard_insert ON "team""s".deal_facts FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".deal_tag;
CREATE POLICY pipeboard_update ON "team""s".deal_tag FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".deal_field;
CREATE POLICY pipeboard_update ON "team""s".deal_field FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".answer;
CREATE POLICY pipeboard_update ON "team""s".answer FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".contact;
CREATE POLICY pipeboard_update ON "team""s".contact FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".deal_ask;
CREATE POLICY pipeboard_update ON "team""s".deal_ask FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".note;
CREATE POLICY pipeboard_update ON "team""s".note FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".touch;
CREATE POLICY pipeboard_update ON "team""s".touch FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".deal_facts;
CREATE POLICY pipeboard_update ON "team""s".deal_facts FOR UPDATE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".deal_tag;
CREATE POLICY pipeboard_delete ON "team""s".deal_tag FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".deal_field;
CREATE POLICY pipeboard_delete ON "team""s".deal_field FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".answer;
CREATE POLICY pipeboard_delete ON "team""s".answer FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".contact;
CREATE POLICY pipeboard_delete ON "team""s".contact FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".deal_ask;
CREATE POLICY pipeboard_delete ON "team""s".deal_ask FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".note;
CREATE POLICY pipeboard_delete ON "team""s".note FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".touch;
CREATE POLICY pipeboard_delete ON "team""s".touch FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".deal_facts;
CREATE POLICY pipeboard_delete ON "team""s".deal_facts FOR DELETE TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".event;
CREATE POLICY pipeboard_select ON "team""s".event FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id) OR EXISTS (SELECT 1 FROM "team""s".command AS done WHERE done.id = command_id AND done.actor IN (session_user::text, 'calendar')));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".event;
CREATE POLICY pipeboard_insert ON "team""s".event FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".deal AS held WHERE held.id = deal_id AND (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR NOT (SELECT "team""s".pipeboard_own_only()) OR owner IN ('', session_user::text)) OR given_by = session_user::text OR (recycled_from IS NOT NULL AND version <= 2))) AND EXISTS (SELECT 1 FROM "team""s".command AS done WHERE done.id = command_id AND done.actor IN (session_user::text, 'calendar')));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".command;
CREATE POLICY pipeboard_select ON "team""s".command FOR SELECT TO PUBLIC
  USING (true);
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".command;
CREATE POLICY pipeboard_insert ON "team""s".command FOR INSERT TO PUBLIC
  WITH CHECK (actor IN (session_user::text, 'calendar'));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".command;
CREATE POLICY pipeboard_update ON "team""s".command FOR UPDATE TO PUBLIC
  USING (actor IN (session_user::text, 'calendar') OR digest IS NULL);
DROP POLICY IF EXISTS pipeboard_select ON "team""s".workspace_event;
CREATE POLICY pipeboard_select ON "team""s".workspace_event FOR SELECT TO PUBLIC
  USING ((SELECT "team""s".pipeboard_seen()) IS NULL OR topic NOT IN ('review', 'call') OR EXISTS (SELECT 1 FROM "team""s".command AS done WHERE done.id = command_id AND done.actor IN (session_user::text, 'calendar')));
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".workspace_event;
CREATE POLICY pipeboard_insert ON "team""s".workspace_event FOR INSERT TO PUBLIC
  WITH CHECK (EXISTS (SELECT 1 FROM "team""s".command AS done WHERE done.id = command_id AND done.actor IN (session_user::text, 'calendar')) AND ((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR topic IN ('rep', 'filter', 'call')));
DROP POLICY IF EXISTS pipeboard_select ON "team""s".counter;
CREATE POLICY pipeboard_select ON "team""s".counter FOR SELECT TO PUBLIC
  USING (true);
DROP POLICY IF EXISTS pipeboard_update ON "team""s".counter;
CREATE POLICY pipeboard_update ON "team""s".counter FOR UPDATE TO PUBLIC
  USING (name <> 'schema') WITH CHECK (name <> 'schema');
DROP POLICY IF EXISTS pipeboard_select ON "team""s".rep;
CREATE POLICY pipeboard_select ON "team""s".rep FOR SELECT TO PUBLIC
  USING (true);
DROP POLICY IF EXISTS pipeboard_insert ON "team""s".rep;
CREATE POLICY pipeboard_insert ON "team""s".rep FOR INSERT TO PUBLIC
  WITH CHECK (((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR (role = '' AND acts_for = '')) AND (role <> 'owner' OR (SELECT "team""s".pipeboard_role()) = 'owner'));
DROP POLICY IF EXISTS pipeboard_update ON "team""s".rep;
CREATE POLICY pipeboard_update ON "team""s".rep FOR UPDATE TO PUBLIC
  USING ((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') AND (role <> 'owner' OR (SELECT "team""s".pipeboard_role()) = 'owner')) WITH CHECK ((role <> 'owner' OR (SELECT "team""s".pipeboard_role()) = 'owner'));
DROP POLICY IF EXISTS pipeboard_delete ON "team""s".rep;
CREATE POLICY pipeboard_delete ON "team""s".rep FOR DELETE TO PUBLIC
  USING ((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') AND (role <> 'owner' OR (SELECT "team""s".pipeboard_role()) = 'owner'));
DROP POLICY IF EXISTS pipeboard_all ON "team""s".saved_filter;
CREATE POLICY pipeboard_all ON "team""s".saved_filter FOR ALL TO PUBLIC
  USING (true) WITH CHECK ((SELECT "team""s".pipeboard_role()) IN ('manager', 'owner') OR owner IN ('', session_user::text));
COMMIT;
-- Whoever has no login yet gets one first: CREATE ROLE "ana" LOGIN PASSWORD '…';
DO $grant$ BEGIN IF to_regrole('"olga"') IS NULL THEN RAISE NOTICE 'no login yet: %', '"olga"'; ELSE GRANT pipeboard_owner TO "olga"; END IF; END $grant$;
DO $grant$ BEGIN IF to_regrole('"mia"') IS NULL THEN RAISE NOTICE 'no login yet: %', '"mia"'; ELSE GRANT pipeboard_manager TO "mia"; END IF; END $grant$;
DO $grant$ BEGIN IF to_regrole('"o""b"') IS NULL THEN RAISE NOTICE 'no login yet: %', '"o""b"'; ELSE GRANT pipeboard_rep TO "o""b"; END IF; END $grant$;
DO $grant$ BEGIN IF to_regrole('"val"') IS NULL THEN RAISE NOTICE 'no login yet: %', '"val"'; ELSE GRANT pipeboard_viewer TO "val"; END IF; END $grant$;

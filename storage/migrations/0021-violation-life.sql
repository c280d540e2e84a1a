-- A violation lives on after it was found: it is judged, the kitchen is asked to put it right, answers, and it is closed.
ALTER TABLE kitchen_violations ADD COLUMN stage text NOT NULL DEFAULT 'new'
  CHECK (stage IN ('new', 'confirmed', 'dismissed', 'asked', 'answered', 'accepted'));
-- Goes up with every step, so that of two inspectors at once one is told of the other.
ALTER TABLE kitchen_violations ADD COLUMN revision integer NOT NULL DEFAULT 0;
-- Of the catalogue's item, when it was found.
ALTER TABLE kitchen_violations ADD COLUMN item_version integer NOT NULL DEFAULT 1;
-- Kept, but neither shown as open nor sent to anybody.
ALTER TABLE kitchen_violations ADD COLUMN held text CHECK (held IN ('below_threshold', 'item_on_hold'));
ALTER TABLE kitchen_violations ADD COLUMN deadline timestamptz;
ALTER TABLE kitchen_violations ADD COLUMN asked_at timestamptz;
ALTER TABLE kitchen_violations ADD COLUMN answered_at timestamptz;
ALTER TABLE kitchen_violations ADD COLUMN settled_at timestamptz;
UPDATE kitchen_violations SET stage = review_decision WHERE review_decision IS NOT NULL;
CREATE INDEX kitchen_violations_remedy ON kitchen_violations (deadline) WHERE stage IN ('asked', 'answered');

-- What was done, in order. Rows can only be added; they go with their violation.
CREATE TABLE violation_steps (
  violation_id text NOT NULL REFERENCES kitchen_violations ON DELETE CASCADE,
  -- The violation's, after this step.
  revision integer NOT NULL,
  step text NOT NULL,
  time timestamptz NOT NULL,
  -- Name of a user; null: the kitchen, by its link.
  by_user text,
  reason text,
  note text,
  deadline timestamptz,
  photo_key text,
  link_id uuid,
  -- How the violation stood before, for undo.
  before jsonb NOT NULL,
  PRIMARY KEY (violation_id, revision)
);
CREATE INDEX violation_steps_time ON violation_steps (time);
CREATE FUNCTION refuse_step_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM kitchen_violations WHERE violation_id = OLD.violation_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER violation_steps_append_only BEFORE UPDATE OR DELETE ON violation_steps
  FOR EACH ROW EXECUTE FUNCTION refuse_step_change();
CREATE TRIGGER violation_steps_no_truncate BEFORE TRUNCATE ON violation_steps
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO violation_steps (violation_id, revision, step, time, by_user, reason, note, before)
  SELECT violation_id, 1, review_decision, reviewed_at, reviewed_by, review_reason, review_note, '{"stage": "new"}'
  FROM kitchen_violations WHERE review_decision IS NOT NULL;
UPDATE kitchen_violations SET revision = 1 WHERE review_decision IS NOT NULL;

-- One answer of a kitchen without an account. The token itself is signed, and kept nowhere.
CREATE TABLE remedy_links (
  link_id uuid PRIMARY KEY,
  violation_id text NOT NULL REFERENCES kitchen_violations ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  used_at timestamptz
);
CREATE INDEX remedy_links_violation ON remedy_links (violation_id, created_at DESC);

-- What was learned of an item in one kitchen.
CREATE TABLE kitchen_items (
  camera_id text NOT NULL,
  item text NOT NULL,
  -- A violation with a lower score is held; null: none is.
  min_score double precision CHECK (min_score > 0 AND min_score <= 1),
  min_score_by text,
  min_score_at timestamptz,
  -- On hold since then, with the answers that put it there.
  on_hold_since timestamptz,
  on_hold_confirmed integer,
  on_hold_answers integer,
  -- Only answers after it count for the next hold.
  released_at timestamptz,
  released_by text,
  PRIMARY KEY (camera_id, item),
  CHECK ((min_score IS NULL) = (min_score_by IS NULL) AND (min_score IS NULL) = (min_score_at IS NULL)),
  CHECK ((on_hold_since IS NULL) = (on_hold_confirmed IS NULL) AND (on_hold_since IS NULL) = (on_hold_answers IS NULL))
);

-- The state of each violation now; what happened is in events. Belongs to a kitchen, never to a person.
CREATE TABLE kitchen_violations (
  violation_id text PRIMARY KEY,
  camera_id text NOT NULL,
  rule_id text NOT NULL,
  item text NOT NULL,
  score double precision NOT NULL,
  box jsonb NOT NULL,
  since timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  picture_key text,
  review_decision text CHECK (review_decision IN ('confirmed', 'dismissed')),
  review_reason text,
  review_note text,
  reviewed_by text,
  reviewed_at timestamptz,
  CHECK ((review_decision IS NULL) = (reviewed_at IS NULL))
);
CREATE INDEX kitchen_violations_opened ON kitchen_violations (opened_at DESC, violation_id DESC);
CREATE INDEX kitchen_violations_camera ON kitchen_violations (camera_id, opened_at DESC);

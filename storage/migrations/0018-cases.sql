-- A case: the reason for searches, and where their results are kept. It is deleted when its time is over; the audit log remains.
CREATE TABLE cases (
  case_id text PRIMARY KEY,
  number text NOT NULL,
  title text NOT NULL,
  reason text NOT NULL,
  owner_id text NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL,
  -- A closed case ends 30 days after closing at the latest, however far this lies ahead.
  expires_at timestamptz NOT NULL,
  closed_at timestamptz,
  closing_note text,
  last_activity timestamptz NOT NULL,
  CHECK (expires_at > created_at),
  CHECK ((closed_at IS NULL) = (closing_note IS NULL))
);

CREATE TABLE case_members (
  case_id text NOT NULL REFERENCES cases ON DELETE CASCADE,
  user_id text NOT NULL REFERENCES users,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (case_id, user_id)
);
CREATE INDEX case_members_user ON case_members (user_id);

CREATE TABLE case_items (
  item_id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases ON DELETE CASCADE,
  added_by text NOT NULL,
  added_at timestamptz NOT NULL,
  -- Two of the same moment keep their order.
  position bigint GENERATED ALWAYS AS IDENTITY,
  note text,
  sighting_id uuid,
  -- A copy: it outlives the row it was made from.
  sighting jsonb,
  UNIQUE (case_id, sighting_id),
  CHECK ((sighting_id IS NULL) = (sighting IS NULL)),
  CHECK (sighting IS NOT NULL OR note IS NOT NULL)
);
CREATE INDEX case_items_sighting ON case_items (sighting_id) WHERE sighting_id IS NOT NULL;

-- Pictures that retention must leave alone. A row stays until its item is gone and the picture is dealt with, so that a crash
-- between the two leaves no picture behind.
CREATE TABLE held_pictures (
  picture_key text NOT NULL,
  item_id text NOT NULL,
  sighting_id uuid NOT NULL,
  sighting_time timestamptz NOT NULL,
  PRIMARY KEY (picture_key, item_id)
);
CREATE INDEX held_pictures_item ON held_pictures (item_id, picture_key);

-- What was done in a case.
CREATE INDEX audit_log_case ON audit_log ((detail ->> 'caseId'), entry_id DESC) WHERE detail ->> 'caseId' IS NOT NULL;

-- What a person said of a hit after comparing it with the picture. Until then it is unconfirmed.
ALTER TABLE watchlist_hits ADD COLUMN verdict text CHECK (verdict IN ('confirmed', 'false'));
ALTER TABLE watchlist_hits ADD COLUMN note text;
ALTER TABLE watchlist_hits ADD COLUMN decided_by text;
ALTER TABLE watchlist_hits ADD COLUMN decided_at timestamptz;
ALTER TABLE watchlist_hits ADD CHECK ((verdict IS NULL) = (decided_by IS NULL) AND (verdict IS NULL) = (decided_at IS NULL));
CREATE INDEX watchlist_hits_time ON watchlist_hits (time DESC, hit_id DESC);

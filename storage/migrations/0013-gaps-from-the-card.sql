-- Where a recording came from: recorded as it happened, or fetched later from the card of the camera.
ALTER TABLE segments ADD COLUMN source text NOT NULL DEFAULT 'live' CHECK (source IN ('live', 'card'));

-- One row per outage that the camera may have recorded itself. The range stays as the outage was; `recording_gaps` holds what
-- of it is still missing: the row of the outage, and rows whose id continues its id behind a '#'.
CREATE TABLE card_fills (
  gap_id text PRIMARY KEY,
  camera_id text NOT NULL,
  stream text NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  cause text NOT NULL,
  error_code text,
  status text NOT NULL CHECK (status IN ('pending', 'filled', 'partly', 'none', 'failed')),
  -- Why it is not filled, or not yet: a code of docs/errors.md.
  reason text,
  attempts integer NOT NULL DEFAULT 0,
  next_try timestamptz NOT NULL,
  filled_ms bigint NOT NULL DEFAULT 0,
  -- A recording whose row was cut, and whose file is still to be cut to the size in its row.
  cut_segment_id text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (end_time >= start_time)
);
CREATE INDEX card_fills_pending ON card_fills (next_try) WHERE status = 'pending';
CREATE INDEX card_fills_camera_time ON card_fills (camera_id, start_time);
CREATE INDEX card_fills_end ON card_fills (end_time);
-- New outages are looked for by when they ended.
CREATE INDEX recording_gaps_end ON recording_gaps (end_time);

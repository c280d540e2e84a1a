-- What is recorded of a camera, and how long it is kept; the rest of the policy has defaults.
ALTER TABLE cameras ADD COLUMN recording jsonb;
UPDATE cameras SET recording = jsonb_build_object('mode', CASE WHEN is_recording THEN 'continuous' ELSE 'off' END);
ALTER TABLE cameras ALTER COLUMN recording SET NOT NULL;
ALTER TABLE cameras DROP COLUMN is_recording;

-- Its file is being deleted: nobody sees the row any more, and it goes when the file is gone.
ALTER TABLE segments ADD COLUMN is_expiring boolean NOT NULL DEFAULT false;
CREATE INDEX segments_expiring ON segments (segment_id) WHERE is_expiring;

-- All recordings together, kept with every row that comes and goes: a sum over them would take minutes.
CREATE TABLE recording_totals (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  size_bytes bigint NOT NULL
);
INSERT INTO recording_totals (size_bytes) SELECT coalesce(sum(size_bytes), 0) FROM segments;

-- Alarms of the system itself that last: what tells an opening from a repetition.
CREATE TABLE system_alarms (
  code text PRIMARY KEY,
  since timestamptz NOT NULL
);

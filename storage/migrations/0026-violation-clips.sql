-- The clip that belongs to a violation, and how far it is. It lies beside the violation's picture and ends with it.
CREATE TABLE violation_clips (
  violation_id text PRIMARY KEY REFERENCES kitchen_violations ON DELETE CASCADE,
  -- What it is to show.
  from_time timestamptz NOT NULL,
  to_time timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'making', 'ready', 'failed', 'gone')),
  -- Code of an error, or cause of the gap in the recording.
  reason text,
  attempts integer NOT NULL DEFAULT 0,
  -- When it is looked at next; of one that is being made: when nobody makes it any more.
  next_at timestamptz NOT NULL,
  clip_key text,
  -- What it does show.
  shown_from timestamptz,
  shown_to timestamptz,
  is_blurred boolean,
  CHECK ((state = 'ready') = (clip_key IS NOT NULL)),
  CHECK ((clip_key IS NULL) = (shown_from IS NULL) AND (clip_key IS NULL) = (shown_to IS NULL)
    AND (clip_key IS NULL) = (is_blurred IS NULL))
);
CREATE INDEX violation_clips_due ON violation_clips (next_at) WHERE state IN ('waiting', 'making');
-- Of violations that are there already: those whose recording may be.
INSERT INTO violation_clips (violation_id, from_time, to_time, next_at)
  SELECT violation_id, since - interval '10 s', opened_at + interval '10 s', now() FROM kitchen_violations
  WHERE opened_at > now() - interval '7 days' AND opened_at - since < interval '1 minute';

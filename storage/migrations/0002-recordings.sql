CREATE TABLE segments (
  segment_id text PRIMARY KEY,
  camera_id text NOT NULL,
  stream text NOT NULL,
  path text NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  frames integer NOT NULL,
  size_bytes bigint NOT NULL,
  codec_string text NOT NULL,
  width_px integer NOT NULL,
  height_px integer NOT NULL,
  CHECK (end_time >= start_time)
);
CREATE INDEX segments_camera_time ON segments (camera_id, start_time);
CREATE INDEX segments_time ON segments (start_time);

CREATE TABLE recording_gaps (
  gap_id text PRIMARY KEY,
  camera_id text NOT NULL,
  stream text NOT NULL,
  start_time timestamptz NOT NULL,
  -- Empty while it lasts.
  end_time timestamptz,
  cause text NOT NULL,
  error_code text
);
CREATE INDEX recording_gaps_camera_time ON recording_gaps (camera_id, start_time);
CREATE INDEX recording_gaps_time ON recording_gaps (start_time);

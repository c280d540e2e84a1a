CREATE TABLE cameras (
  camera_id text PRIMARY KEY,
  name text NOT NULL,
  number text NOT NULL,
  area text NOT NULL,
  scene text NOT NULL CHECK (scene IN ('road', 'kitchen')),
  latitude double precision,
  longitude double precision,
  streams jsonb NOT NULL,
  username text,
  -- AES-256-GCM; the key is a file, never in the database.
  password_sealed bytea,
  is_recording boolean NOT NULL,
  analysis jsonb NOT NULL,
  rules jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- Kept, so that old events still know the name.
  removed_at timestamptz
);

CREATE TABLE camera_state_history (
  camera_id text NOT NULL,
  stream text NOT NULL,
  time timestamptz NOT NULL,
  status text NOT NULL,
  error_code text,
  PRIMARY KEY (camera_id, time, stream, status)
);
CREATE INDEX camera_state_history_time ON camera_state_history (time);

-- Outages that last: what tells an opening from a repetition.
CREATE TABLE camera_outages (
  camera_id text NOT NULL,
  stream text NOT NULL,
  status text NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (camera_id, stream)
);

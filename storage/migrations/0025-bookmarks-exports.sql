-- A moment of a camera that somebody marked.
CREATE TABLE bookmarks (
  bookmark_id text PRIMARY KEY,
  camera_id text NOT NULL,
  time timestamptz NOT NULL,
  note text NOT NULL,
  user_id text NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE INDEX bookmarks_camera ON bookmarks (camera_id, time DESC) WHERE removed_at IS NULL;
CREATE INDEX bookmarks_removed ON bookmarks (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX bookmarks_time ON bookmarks (time);

-- Recordings that were asked for as files, and what became of them. The files lie in a folder of the same id.
CREATE TABLE clip_exports (
  export_id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users,
  purpose text NOT NULL,
  camera_ids jsonb NOT NULL,
  from_time timestamptz NOT NULL,
  to_time timestamptz NOT NULL,
  time_zone text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled', 'expired')),
  error_code text,
  files jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  expires_at timestamptz
);
CREATE INDEX clip_exports_user ON clip_exports (user_id, created_at DESC);
CREATE INDEX clip_exports_open ON clip_exports (state) WHERE state IN ('waiting', 'running');
CREATE INDEX clip_exports_expiry ON clip_exports (expires_at) WHERE state = 'done';

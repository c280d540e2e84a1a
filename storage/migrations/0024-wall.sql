-- Walls that people keep: one step is a layout, several are a tour. Each step names its layout and the cameras of its tiles.
CREATE TABLE wall_layouts (
  layout_id text PRIMARY KEY,
  owner_id text NOT NULL REFERENCES users,
  name text NOT NULL,
  is_shared boolean NOT NULL,
  steps jsonb NOT NULL,
  -- Of each step of a tour.
  dwell_seconds integer CHECK (dwell_seconds BETWEEN 3 AND 3600),
  updated_at timestamptz NOT NULL,
  -- Removed, and can be brought back for a day.
  removed_at timestamptz
);
CREATE INDEX wall_layouts_owner ON wall_layouts (owner_id) WHERE removed_at IS NULL;
CREATE INDEX wall_layouts_shared ON wall_layouts (layout_id) WHERE is_shared AND removed_at IS NULL;
CREATE INDEX wall_layouts_removed ON wall_layouts (removed_at) WHERE removed_at IS NOT NULL;

CREATE TABLE map_layers (
  name text PRIMARY KEY,
  geojson jsonb NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE settings (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL
);

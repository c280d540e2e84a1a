-- The road network as a graph: what a vehicle can drive, and how fast. Replaced as a whole.
CREATE TABLE road_nodes (
  node_id integer PRIMARY KEY,
  longitude double precision NOT NULL,
  latitude double precision NOT NULL
);

CREATE TABLE road_segments (
  segment_id integer PRIMARY KEY,
  from_node integer NOT NULL REFERENCES road_nodes ON DELETE CASCADE,
  to_node integer NOT NULL REFERENCES road_nodes ON DELETE CASCADE,
  distance_metres real NOT NULL CHECK (distance_metres >= 0),
  -- What is driven when the road is free: the limit, not the habit.
  speed_kmh real NOT NULL CHECK (speed_kmh > 0),
  is_one_way boolean NOT NULL
);

CREATE TABLE road_network (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  updated_at timestamptz NOT NULL
);

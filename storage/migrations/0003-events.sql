CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- TimescaleDB where the server has it loaded, else partitions by day (see time-partitions.ts).
DO $$
DECLARE
  has_timescale boolean := EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
    AND current_setting('shared_preload_libraries') LIKE '%timescaledb%';
  partitioning text := CASE WHEN has_timescale THEN '' ELSE ' PARTITION BY RANGE (time)' END;
BEGIN
  IF has_timescale THEN
    CREATE EXTENSION IF NOT EXISTS timescaledb;
  END IF;

  EXECUTE 'CREATE TABLE events (
    event_id uuid NOT NULL,
    time timestamptz NOT NULL,
    camera_id text NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (event_id, time)
  )' || partitioning;

  EXECUTE 'CREATE TABLE sightings (
    sighting_id uuid NOT NULL,
    time timestamptz NOT NULL,
    camera_id text NOT NULL,
    track_id text NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    vehicle_type text NOT NULL,
    score double precision NOT NULL,
    box jsonb NOT NULL,
    plate_id bigint,
    plate_confidence double precision,
    plate_colour text,
    plate_evidence jsonb,
    picture_key text NOT NULL,
    plate_crop_key text,
    PRIMARY KEY (sighting_id, time)
  )' || partitioning;

  IF has_timescale THEN
    PERFORM create_hypertable('events', by_range('time', INTERVAL '1 day'), create_default_indexes => false);
    PERFORM create_hypertable('sightings', by_range('time', INTERVAL '1 day'), create_default_indexes => false);
  END IF;
END
$$;

CREATE INDEX events_time ON events (time DESC, event_id DESC);
CREATE INDEX events_camera_time ON events (camera_id, time DESC);
CREATE INDEX events_kind_time ON events (kind, time DESC);

CREATE INDEX sightings_time ON sightings (time DESC, sighting_id DESC);
CREATE INDEX sightings_camera_time ON sightings (camera_id, time DESC, sighting_id DESC);
CREATE INDEX sightings_plate_time ON sightings (plate_id, time DESC, sighting_id DESC);

-- Each text once: a pattern is looked up here, over a small trigram index, and never over the sightings.
CREATE TABLE plates (
  plate_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text text NOT NULL UNIQUE
);
CREATE INDEX plates_text_trigrams ON plates USING gin (text gin_trgm_ops);

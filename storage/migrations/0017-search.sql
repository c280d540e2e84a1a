-- Which characters our reader takes for which, learned from the alternatives that it keeps with its readings. Written anew as a whole.
CREATE TABLE plate_confusions (
  true_character text NOT NULL,
  read_character text NOT NULL,
  -- In readings; fractions add up.
  weight double precision NOT NULL CHECK (weight >= 0),
  learned_at timestamptz NOT NULL,
  PRIMARY KEY (true_character, read_character)
);

-- What is rare (a red bus) is found without reading through all that is not.
CREATE INDEX sightings_looks_time ON sightings (vehicle_colour, vehicle_type, time DESC, sighting_id DESC);

-- What else was seen of a vehicle than its type and plate. All may be unknown.
ALTER TABLE sightings ADD COLUMN vehicle_colour text;
ALTER TABLE sightings ADD COLUMN vehicle_colour_confidence real;
ALTER TABLE sightings ADD COLUMN direction text;
-- Only from calibrated cameras.
ALTER TABLE sightings ADD COLUMN speed_kmh real;
ALTER TABLE sightings ADD COLUMN length_metres real;

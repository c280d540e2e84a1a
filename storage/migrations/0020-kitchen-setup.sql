-- Opening hours and the reference picture of a kitchen's camera.
ALTER TABLE cameras ADD COLUMN kitchen jsonb;

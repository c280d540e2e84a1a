-- How many changes a row stands for: a camera that flaps gets one row for many.
ALTER TABLE camera_state_history ADD COLUMN changes int NOT NULL DEFAULT 1 CHECK (changes > 0);

-- How a camera is steered over ONVIF: address of its device service and the profiles of its streams. No password in it.
ALTER TABLE cameras ADD COLUMN onvif jsonb;

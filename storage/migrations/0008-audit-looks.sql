-- Looks come by way of the spool, at least once: this tells the second time from the first. Not part of the chain's hash.
ALTER TABLE audit_log ADD COLUMN look_id uuid;
CREATE UNIQUE INDEX audit_log_look ON audit_log (look_id) WHERE look_id IS NOT NULL;

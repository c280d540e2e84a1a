CREATE TABLE users (
  user_id text PRIMARY KEY,
  username text NOT NULL,
  role text NOT NULL CHECK (role IN ('administrator', 'operator', 'investigator', 'inspector', 'auditor')),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz
);
CREATE UNIQUE INDEX users_username ON users (lower(username));

CREATE TABLE sessions (
  -- SHA-256 of the cookie: who reads this table cannot sign in with it.
  token_hash bytea PRIMARY KEY,
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE audit_log (
  entry_id bigint PRIMARY KEY,
  time timestamptz NOT NULL,
  user_id text NOT NULL,
  username text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  purpose text,
  detail jsonb NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

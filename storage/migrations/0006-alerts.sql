CREATE TABLE watchlist (
  entry_id text PRIMARY KEY,
  plate text NOT NULL,
  reason text NOT NULL,
  owner text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE INDEX watchlist_plate ON watchlist (plate) WHERE removed_at IS NULL;

CREATE TABLE watchlist_hits (
  hit_id uuid PRIMARY KEY,
  entry_id text NOT NULL REFERENCES watchlist ON DELETE CASCADE,
  sighting_id uuid NOT NULL,
  time timestamptz NOT NULL,
  -- 'possible': the entry's plate was not the best reading, only one of the alternatives.
  match text NOT NULL CHECK (match IN ('exact', 'possible')),
  confidence double precision NOT NULL
);
CREATE INDEX watchlist_hits_entry ON watchlist_hits (entry_id, time DESC);

CREATE TABLE webhooks (
  webhook_id text PRIMARY KEY,
  name text NOT NULL,
  url text NOT NULL,
  kinds text[] NOT NULL,
  secret_sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL
);

-- Alerts leave the database through these two: written with the event, in its transaction.
CREATE TABLE alerts (
  alert_id uuid PRIMARY KEY,
  kind text NOT NULL,
  time timestamptz NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alerts_created ON alerts (created_at);

CREATE TABLE alert_deliveries (
  alert_id uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
  webhook_id text NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  attempts integer NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL,
  last_error text,
  delivered_at timestamptz,
  -- Set when it was given up after a day of retries.
  failed_at timestamptz,
  PRIMARY KEY (alert_id, webhook_id)
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (next_try_at) WHERE delivered_at IS NULL AND failed_at IS NULL;
CREATE INDEX alert_deliveries_webhook ON alert_deliveries (webhook_id);

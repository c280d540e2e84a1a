CREATE EXTENSION pg_trgm;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$function$;

CREATE OR REPLACE FUNCTION public.refuse_step_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM kitchen_violations WHERE violation_id = OLD.violation_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$function$;

CREATE TABLE alert_deliveries (
  alert_id uuid NOT NULL,
  webhook_id text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  next_try_at timestamp with time zone NOT NULL,
  last_error text,
  delivered_at timestamp with time zone,
  failed_at timestamp with time zone,
  CONSTRAINT alert_deliveries_pkey PRIMARY KEY (alert_id, webhook_id),
  CONSTRAINT alert_deliveries_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(alert_id) ON DELETE CASCADE,
  CONSTRAINT alert_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks(webhook_id) ON DELETE CASCADE
);
CREATE INDEX alert_deliveries_due ON public.alert_deliveries USING btree (next_try_at) WHERE ((delivered_at IS NULL) AND (failed_at IS NULL));
CREATE INDEX alert_deliveries_webhook ON public.alert_deliveries USING btree (webhook_id);

CREATE TABLE alerts (
  alert_id uuid NOT NULL,
  kind text NOT NULL,
  time timestamp with time zone NOT NULL,
  data jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT alerts_pkey PRIMARY KEY (alert_id)
);
CREATE INDEX alerts_created ON public.alerts USING btree (created_at);

CREATE TABLE applied_migrations (
  name text NOT NULL,
  hash text NOT NULL,
  applied_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT applied_migrations_pkey PRIMARY KEY (name)
);

CREATE TABLE audit_log (
  entry_id bigint NOT NULL,
  time timestamp with time zone NOT NULL,
  user_id text NOT NULL,
  username text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  purpose text,
  detail jsonb NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  look_id uuid,
  CONSTRAINT audit_log_pkey PRIMARY KEY (entry_id)
);
CREATE INDEX audit_log_case ON public.audit_log USING btree (((detail ->> 'caseId'::text)), entry_id DESC) WHERE ((detail ->> 'caseId'::text) IS NOT NULL);
CREATE UNIQUE INDEX audit_log_look ON public.audit_log USING btree (look_id) WHERE (look_id IS NOT NULL);
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE bookmarks (
  bookmark_id text NOT NULL,
  camera_id text NOT NULL,
  time timestamp with time zone NOT NULL,
  note text NOT NULL,
  user_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone,
  CONSTRAINT bookmarks_pkey PRIMARY KEY (bookmark_id),
  CONSTRAINT bookmarks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id)
);
CREATE INDEX bookmarks_camera ON public.bookmarks USING btree (camera_id, "time" DESC) WHERE (removed_at IS NULL);
CREATE INDEX bookmarks_removed ON public.bookmarks USING btree (removed_at) WHERE (removed_at IS NOT NULL);
CREATE INDEX bookmarks_time ON public.bookmarks USING btree ("time");

CREATE TABLE camera_outages (
  camera_id text NOT NULL,
  stream text NOT NULL,
  status text NOT NULL,
  since timestamp with time zone NOT NULL,
  CONSTRAINT camera_outages_pkey PRIMARY KEY (camera_id, stream)
);

CREATE TABLE camera_state_history (
  camera_id text NOT NULL,
  stream text NOT NULL,
  time timestamp with time zone NOT NULL,
  status text NOT NULL,
  error_code text,
  changes integer DEFAULT 1 NOT NULL,
  CONSTRAINT camera_state_history_pkey PRIMARY KEY (camera_id, "time", stream, status),
  CONSTRAINT camera_state_history_changes_check CHECK ((changes > 0))
);
CREATE INDEX camera_state_history_time ON public.camera_state_history USING btree ("time");

CREATE TABLE cameras (
  camera_id text NOT NULL,
  name text NOT NULL,
  number text NOT NULL,
  area text NOT NULL,
  scene text NOT NULL,
  latitude double precision,
  longitude double precision,
  streams jsonb NOT NULL,
  username text,
  password_sealed bytea,
  analysis jsonb NOT NULL,
  rules jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  removed_at timestamp with time zone,
  recording jsonb NOT NULL,
  transport text DEFAULT 'auto'::text NOT NULL,
  certificate_sha256 text,
  onvif jsonb,
  kitchen jsonb,
  CONSTRAINT cameras_pkey PRIMARY KEY (camera_id),
  CONSTRAINT cameras_certificate_sha256_check CHECK ((certificate_sha256 ~ '^[0-9a-f]{64}$'::text)),
  CONSTRAINT cameras_scene_check CHECK ((scene = ANY (ARRAY['road'::text, 'kitchen'::text]))),
  CONSTRAINT cameras_transport_check CHECK ((transport = ANY (ARRAY['auto'::text, 'tcp'::text, 'udp'::text])))
);

CREATE TABLE card_fills (
  gap_id text NOT NULL,
  camera_id text NOT NULL,
  stream text NOT NULL,
  start_time timestamp with time zone NOT NULL,
  end_time timestamp with time zone NOT NULL,
  cause text NOT NULL,
  error_code text,
  status text NOT NULL,
  reason text,
  attempts integer DEFAULT 0 NOT NULL,
  next_try timestamp with time zone NOT NULL,
  filled_ms bigint DEFAULT 0 NOT NULL,
  cut_segment_id text,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT card_fills_pkey PRIMARY KEY (gap_id),
  CONSTRAINT card_fills_check CHECK ((end_time >= start_time)),
  CONSTRAINT card_fills_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'filled'::text, 'partly'::text, 'none'::text, 'failed'::text])))
);
CREATE INDEX card_fills_camera_time ON public.card_fills USING btree (camera_id, start_time);
CREATE INDEX card_fills_end ON public.card_fills USING btree (end_time);
CREATE INDEX card_fills_pending ON public.card_fills USING btree (next_try) WHERE (status = 'pending'::text);

CREATE TABLE case_items (
  item_id text NOT NULL,
  case_id text NOT NULL,
  added_by text NOT NULL,
  added_at timestamp with time zone NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  note text,
  sighting_id uuid,
  sighting jsonb,
  CONSTRAINT case_items_case_id_sighting_id_key UNIQUE (case_id, sighting_id),
  CONSTRAINT case_items_pkey PRIMARY KEY (item_id),
  CONSTRAINT case_items_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(case_id) ON DELETE CASCADE,
  CONSTRAINT case_items_check CHECK (((sighting_id IS NULL) = (sighting IS NULL))),
  CONSTRAINT case_items_check1 CHECK (((sighting IS NOT NULL) OR (note IS NOT NULL)))
);
CREATE INDEX case_items_sighting ON public.case_items USING btree (sighting_id) WHERE (sighting_id IS NOT NULL);

CREATE TABLE case_members (
  case_id text NOT NULL,
  user_id text NOT NULL,
  added_at timestamp with time zone NOT NULL,
  CONSTRAINT case_members_pkey PRIMARY KEY (case_id, user_id),
  CONSTRAINT case_members_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases(case_id) ON DELETE CASCADE,
  CONSTRAINT case_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id)
);
CREATE INDEX case_members_user ON public.case_members USING btree (user_id);

CREATE TABLE cases (
  case_id text NOT NULL,
  number text NOT NULL,
  title text NOT NULL,
  reason text NOT NULL,
  owner_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  closing_note text,
  last_activity timestamp with time zone NOT NULL,
  CONSTRAINT cases_pkey PRIMARY KEY (case_id),
  CONSTRAINT cases_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(user_id),
  CONSTRAINT cases_check CHECK ((expires_at > created_at)),
  CONSTRAINT cases_check1 CHECK (((closed_at IS NULL) = (closing_note IS NULL)))
);

CREATE TABLE clip_exports (
  export_id text NOT NULL,
  user_id text NOT NULL,
  purpose text NOT NULL,
  camera_ids jsonb NOT NULL,
  from_time timestamp with time zone NOT NULL,
  to_time timestamp with time zone NOT NULL,
  time_zone text NOT NULL,
  state text NOT NULL,
  error_code text,
  files jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  expires_at timestamp with time zone,
  CONSTRAINT clip_exports_pkey PRIMARY KEY (export_id),
  CONSTRAINT clip_exports_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id),
  CONSTRAINT clip_exports_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'expired'::text])))
);
CREATE INDEX clip_exports_expiry ON public.clip_exports USING btree (expires_at) WHERE (state = 'done'::text);
CREATE INDEX clip_exports_open ON public.clip_exports USING btree (state) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX clip_exports_user ON public.clip_exports USING btree (user_id, created_at DESC);

CREATE TABLE events (
  event_id uuid NOT NULL,
  time timestamp with time zone NOT NULL,
  camera_id text NOT NULL,
  kind text NOT NULL,
  data jsonb NOT NULL,
  CONSTRAINT events_pkey PRIMARY KEY (event_id, "time")
) PARTITION BY RANGE ("time");
CREATE INDEX events_camera_time ON ONLY public.events USING btree (camera_id, "time" DESC);
CREATE INDEX events_kind_time ON ONLY public.events USING btree (kind, "time" DESC);
CREATE INDEX events_time ON ONLY public.events USING btree ("time" DESC, event_id DESC);

CREATE TABLE held_pictures (
  picture_key text NOT NULL,
  item_id text NOT NULL,
  sighting_id uuid NOT NULL,
  sighting_time timestamp with time zone NOT NULL,
  CONSTRAINT held_pictures_pkey PRIMARY KEY (picture_key, item_id)
);
CREATE INDEX held_pictures_item ON public.held_pictures USING btree (item_id, picture_key);

CREATE TABLE kitchen_items (
  camera_id text NOT NULL,
  item text NOT NULL,
  min_score double precision,
  min_score_by text,
  min_score_at timestamp with time zone,
  on_hold_since timestamp with time zone,
  on_hold_confirmed integer,
  on_hold_answers integer,
  released_at timestamp with time zone,
  released_by text,
  CONSTRAINT kitchen_items_pkey PRIMARY KEY (camera_id, item),
  CONSTRAINT kitchen_items_check CHECK ((((min_score IS NULL) = (min_score_by IS NULL)) AND ((min_score IS NULL) = (min_score_at IS NULL)))),
  CONSTRAINT kitchen_items_check1 CHECK ((((on_hold_since IS NULL) = (on_hold_confirmed IS NULL)) AND ((on_hold_since IS NULL) = (on_hold_answers IS NULL)))),
  CONSTRAINT kitchen_items_min_score_check CHECK (((min_score > (0)::double precision) AND (min_score <= (1)::double precision)))
);

CREATE TABLE kitchen_violations (
  violation_id text NOT NULL,
  camera_id text NOT NULL,
  rule_id text NOT NULL,
  item text NOT NULL,
  score double precision NOT NULL,
  box jsonb NOT NULL,
  since timestamp with time zone NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  picture_key text,
  review_decision text,
  review_reason text,
  review_note text,
  reviewed_by text,
  reviewed_at timestamp with time zone,
  stage text DEFAULT 'new'::text NOT NULL,
  revision integer DEFAULT 0 NOT NULL,
  item_version integer DEFAULT 1 NOT NULL,
  held text,
  deadline timestamp with time zone,
  asked_at timestamp with time zone,
  answered_at timestamp with time zone,
  settled_at timestamp with time zone,
  CONSTRAINT kitchen_violations_pkey PRIMARY KEY (violation_id),
  CONSTRAINT kitchen_violations_check CHECK (((review_decision IS NULL) = (reviewed_at IS NULL))),
  CONSTRAINT kitchen_violations_held_check CHECK ((held = ANY (ARRAY['below_threshold'::text, 'item_on_hold'::text]))),
  CONSTRAINT kitchen_violations_review_decision_check CHECK ((review_decision = ANY (ARRAY['confirmed'::text, 'dismissed'::text]))),
  CONSTRAINT kitchen_violations_stage_check CHECK ((stage = ANY (ARRAY['new'::text, 'confirmed'::text, 'dismissed'::text, 'asked'::text, 'answered'::text, 'accepted'::text])))
);
CREATE INDEX kitchen_violations_camera ON public.kitchen_violations USING btree (camera_id, opened_at DESC);
CREATE INDEX kitchen_violations_opened ON public.kitchen_violations USING btree (opened_at DESC, violation_id DESC);
CREATE INDEX kitchen_violations_remedy ON public.kitchen_violations USING btree (deadline) WHERE (stage = ANY (ARRAY['asked'::text, 'answered'::text]));

CREATE TABLE map_layers (
  name text NOT NULL,
  geojson jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT map_layers_pkey PRIMARY KEY (name)
);

CREATE TABLE plate_confusions (
  true_character text NOT NULL,
  read_character text NOT NULL,
  weight double precision NOT NULL,
  learned_at timestamp with time zone NOT NULL,
  CONSTRAINT plate_confusions_pkey PRIMARY KEY (true_character, read_character),
  CONSTRAINT plate_confusions_weight_check CHECK ((weight >= (0)::double precision))
);

CREATE TABLE plates (
  plate_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  text text NOT NULL,
  CONSTRAINT plates_text_key UNIQUE (text),
  CONSTRAINT plates_pkey PRIMARY KEY (plate_id)
);
CREATE INDEX plates_text_trigrams ON public.plates USING gin (text gin_trgm_ops);

CREATE TABLE recording_gaps (
  gap_id text NOT NULL,
  camera_id text NOT NULL,
  stream text NOT NULL,
  start_time timestamp with time zone NOT NULL,
  end_time timestamp with time zone,
  cause text NOT NULL,
  error_code text,
  CONSTRAINT recording_gaps_pkey PRIMARY KEY (gap_id)
);
CREATE INDEX recording_gaps_camera_time ON public.recording_gaps USING btree (camera_id, start_time);
CREATE INDEX recording_gaps_end ON public.recording_gaps USING btree (end_time);
CREATE INDEX recording_gaps_time ON public.recording_gaps USING btree (start_time);

CREATE TABLE recording_totals (
  only_row boolean DEFAULT true NOT NULL,
  size_bytes bigint NOT NULL,
  CONSTRAINT recording_totals_pkey PRIMARY KEY (only_row),
  CONSTRAINT recording_totals_only_row_check CHECK (only_row)
);

CREATE TABLE remedy_links (
  link_id uuid NOT NULL,
  violation_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  created_by text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  used_at timestamp with time zone,
  CONSTRAINT remedy_links_pkey PRIMARY KEY (link_id),
  CONSTRAINT remedy_links_violation_id_fkey FOREIGN KEY (violation_id) REFERENCES kitchen_violations(violation_id) ON DELETE CASCADE
);
CREATE INDEX remedy_links_violation ON public.remedy_links USING btree (violation_id, created_at DESC);

CREATE TABLE road_network (
  only_row boolean DEFAULT true NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT road_network_pkey PRIMARY KEY (only_row),
  CONSTRAINT road_network_only_row_check CHECK (only_row)
);

CREATE TABLE road_nodes (
  node_id integer NOT NULL,
  longitude double precision NOT NULL,
  latitude double precision NOT NULL,
  CONSTRAINT road_nodes_pkey PRIMARY KEY (node_id)
);

CREATE TABLE road_segments (
  segment_id integer NOT NULL,
  from_node integer NOT NULL,
  to_node integer NOT NULL,
  distance_metres real NOT NULL,
  speed_kmh real NOT NULL,
  is_one_way boolean NOT NULL,
  CONSTRAINT road_segments_pkey PRIMARY KEY (segment_id),
  CONSTRAINT road_segments_from_node_fkey FOREIGN KEY (from_node) REFERENCES road_nodes(node_id) ON DELETE CASCADE,
  CONSTRAINT road_segments_to_node_fkey FOREIGN KEY (to_node) REFERENCES road_nodes(node_id) ON DELETE CASCADE,
  CONSTRAINT road_segments_distance_metres_check CHECK ((distance_metres >= (0)::double precision)),
  CONSTRAINT road_segments_speed_kmh_check CHECK ((speed_kmh > (0)::double precision))
);

CREATE TABLE segments (
  segment_id text NOT NULL,
  camera_id text NOT NULL,
  stream text NOT NULL,
  path text NOT NULL,
  start_time timestamp with time zone NOT NULL,
  end_time timestamp with time zone NOT NULL,
  frames integer NOT NULL,
  size_bytes bigint NOT NULL,
  codec_string text NOT NULL,
  width_px integer NOT NULL,
  height_px integer NOT NULL,
  is_expiring boolean DEFAULT false NOT NULL,
  source text DEFAULT 'live'::text NOT NULL,
  CONSTRAINT segments_pkey PRIMARY KEY (segment_id),
  CONSTRAINT segments_check CHECK ((end_time >= start_time)),
  CONSTRAINT segments_source_check CHECK ((source = ANY (ARRAY['live'::text, 'card'::text])))
);
CREATE INDEX segments_camera_time ON public.segments USING btree (camera_id, start_time);
CREATE INDEX segments_expiring ON public.segments USING btree (segment_id) WHERE is_expiring;
CREATE INDEX segments_time ON public.segments USING btree (start_time);

CREATE TABLE sessions (
  token_hash bytea NOT NULL,
  user_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone NOT NULL,
  CONSTRAINT sessions_pkey PRIMARY KEY (token_hash),
  CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE
);
CREATE INDEX sessions_user ON public.sessions USING btree (user_id);

CREATE TABLE settings (
  key text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT settings_pkey PRIMARY KEY (key)
);

CREATE TABLE sightings (
  sighting_id uuid NOT NULL,
  time timestamp with time zone NOT NULL,
  camera_id text NOT NULL,
  track_id text NOT NULL,
  first_seen timestamp with time zone NOT NULL,
  last_seen timestamp with time zone NOT NULL,
  vehicle_type text NOT NULL,
  score double precision NOT NULL,
  box jsonb NOT NULL,
  plate_id bigint,
  plate_confidence double precision,
  plate_colour text,
  plate_evidence jsonb,
  picture_key text NOT NULL,
  plate_crop_key text,
  vehicle_colour text,
  vehicle_colour_confidence real,
  direction text,
  speed_kmh real,
  length_metres real,
  CONSTRAINT sightings_pkey PRIMARY KEY (sighting_id, "time")
) PARTITION BY RANGE ("time");
CREATE INDEX sightings_camera_time ON ONLY public.sightings USING btree (camera_id, "time" DESC, sighting_id DESC);
CREATE INDEX sightings_looks_time ON ONLY public.sightings USING btree (vehicle_colour, vehicle_type, "time" DESC, sighting_id DESC);
CREATE INDEX sightings_plate_time ON ONLY public.sightings USING btree (plate_id, "time" DESC, sighting_id DESC);
CREATE INDEX sightings_time ON ONLY public.sightings USING btree ("time" DESC, sighting_id DESC);

CREATE TABLE system_alarms (
  code text NOT NULL,
  since timestamp with time zone NOT NULL,
  CONSTRAINT system_alarms_pkey PRIMARY KEY (code)
);

CREATE TABLE users (
  user_id text NOT NULL,
  username text NOT NULL,
  role text NOT NULL,
  password_hash text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  disabled_at timestamp with time zone,
  CONSTRAINT users_pkey PRIMARY KEY (user_id),
  CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'operator'::text, 'investigator'::text, 'inspector'::text, 'auditor'::text])))
);
CREATE UNIQUE INDEX users_username ON public.users USING btree (lower(username));

CREATE TABLE violation_clips (
  violation_id text NOT NULL,
  from_time timestamp with time zone NOT NULL,
  to_time timestamp with time zone NOT NULL,
  state text DEFAULT 'waiting'::text NOT NULL,
  reason text,
  attempts integer DEFAULT 0 NOT NULL,
  next_at timestamp with time zone NOT NULL,
  clip_key text,
  shown_from timestamp with time zone,
  shown_to timestamp with time zone,
  is_blurred boolean,
  CONSTRAINT violation_clips_pkey PRIMARY KEY (violation_id),
  CONSTRAINT violation_clips_violation_id_fkey FOREIGN KEY (violation_id) REFERENCES kitchen_violations(violation_id) ON DELETE CASCADE,
  CONSTRAINT violation_clips_check CHECK (((state = 'ready'::text) = (clip_key IS NOT NULL))),
  CONSTRAINT violation_clips_check1 CHECK ((((clip_key IS NULL) = (shown_from IS NULL)) AND ((clip_key IS NULL) = (shown_to IS NULL)) AND ((clip_key IS NULL) = (is_blurred IS NULL)))),
  CONSTRAINT violation_clips_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'making'::text, 'ready'::text, 'failed'::text, 'gone'::text])))
);
CREATE INDEX violation_clips_due ON public.violation_clips USING btree (next_at) WHERE (state = ANY (ARRAY['waiting'::text, 'making'::text]));

CREATE TABLE violation_steps (
  violation_id text NOT NULL,
  revision integer NOT NULL,
  step text NOT NULL,
  time timestamp with time zone NOT NULL,
  by_user text,
  reason text,
  note text,
  deadline timestamp with time zone,
  photo_key text,
  link_id uuid,
  before jsonb NOT NULL,
  CONSTRAINT violation_steps_pkey PRIMARY KEY (violation_id, revision),
  CONSTRAINT violation_steps_violation_id_fkey FOREIGN KEY (violation_id) REFERENCES kitchen_violations(violation_id) ON DELETE CASCADE
);
CREATE INDEX violation_steps_time ON public.violation_steps USING btree ("time");
CREATE TRIGGER violation_steps_append_only BEFORE DELETE OR UPDATE ON public.violation_steps FOR EACH ROW EXECUTE FUNCTION refuse_step_change();
CREATE TRIGGER violation_steps_no_truncate BEFORE TRUNCATE ON public.violation_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE wall_layouts (
  layout_id text NOT NULL,
  owner_id text NOT NULL,
  name text NOT NULL,
  is_shared boolean NOT NULL,
  steps jsonb NOT NULL,
  dwell_seconds integer,
  updated_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone,
  CONSTRAINT wall_layouts_pkey PRIMARY KEY (layout_id),
  CONSTRAINT wall_layouts_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(user_id),
  CONSTRAINT wall_layouts_dwell_seconds_check CHECK (((dwell_seconds >= 3) AND (dwell_seconds <= 3600)))
);
CREATE INDEX wall_layouts_owner ON public.wall_layouts USING btree (owner_id) WHERE (removed_at IS NULL);
CREATE INDEX wall_layouts_removed ON public.wall_layouts USING btree (removed_at) WHERE (removed_at IS NOT NULL);
CREATE INDEX wall_layouts_shared ON public.wall_layouts USING btree (layout_id) WHERE (is_shared AND (removed_at IS NULL));

CREATE TABLE watchlist (
  entry_id text NOT NULL,
  plate text NOT NULL,
  reason text NOT NULL,
  owner text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone,
  CONSTRAINT watchlist_pkey PRIMARY KEY (entry_id)
);
CREATE INDEX watchlist_plate ON public.watchlist USING btree (plate) WHERE (removed_at IS NULL);

CREATE TABLE watchlist_hits (
  hit_id uuid NOT NULL,
  entry_id text NOT NULL,
  sighting_id uuid NOT NULL,
  time timestamp with time zone NOT NULL,
  match text NOT NULL,
  confidence double precision NOT NULL,
  verdict text,
  note text,
  decided_by text,
  decided_at timestamp with time zone,
  CONSTRAINT watchlist_hits_pkey PRIMARY KEY (hit_id),
  CONSTRAINT watchlist_hits_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES watchlist(entry_id) ON DELETE CASCADE,
  CONSTRAINT watchlist_hits_check CHECK ((((verdict IS NULL) = (decided_by IS NULL)) AND ((verdict IS NULL) = (decided_at IS NULL)))),
  CONSTRAINT watchlist_hits_match_check CHECK ((match = ANY (ARRAY['exact'::text, 'possible'::text]))),
  CONSTRAINT watchlist_hits_verdict_check CHECK ((verdict = ANY (ARRAY['confirmed'::text, 'false'::text])))
);
CREATE INDEX watchlist_hits_entry ON public.watchlist_hits USING btree (entry_id, "time" DESC);
CREATE INDEX watchlist_hits_time ON public.watchlist_hits USING btree ("time" DESC, hit_id DESC);

CREATE TABLE webhooks (
  webhook_id text NOT NULL,
  name text NOT NULL,
  url text NOT NULL,
  kinds text[] NOT NULL,
  secret_sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT webhooks_pkey PRIMARY KEY (webhook_id)
);

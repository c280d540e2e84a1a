import { type Generated, type JSONColumnType, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '#infra/runtime/logger.ts';
import type {
  AnalysisProfile,
  CameraOnvif,
  CameraRule,
  CameraScene,
  StreamSource,
  TransportChoice,
  KitchenSetup,
} from '#ingest/cameras/camera.ts';
import type { RecordingPolicy } from '#ingest/recorder/recording-policy.ts';
import type { Box } from '#analyzers/detection.ts';
import { aroundQueries } from './around-queries.ts';
import type { HeldReason, Stage, Standing, Step } from './kitchen/violation.ts';
import type { ClipState } from './kitchen/violation-clip.ts';
import type { ExportFile } from './recordings/export-file.ts';
import { prepareMarked } from './prepared-statements.ts';
import type { Sighting } from './sightings/sighting.ts';
import type { WallStep } from './wall/wall-step.ts';

/** The tables as TypeScript sees them. Rows never leave `storage`. */
export interface Tables {
  cameras: {
    camera_id: string;
    name: string;
    number: string;
    area: string;
    scene: CameraScene;
    latitude: number | null;
    longitude: number | null;
    streams: JSONColumnType<readonly StreamSource[]>;
    username: string | null;
    password_sealed: Buffer | null;
    transport: Generated<TransportChoice>;
    certificate_sha256: string | null;
    recording: JSONColumnType<Partial<RecordingPolicy> & Pick<RecordingPolicy, 'mode'>>;
    analysis: JSONColumnType<AnalysisProfile>;
    rules: JSONColumnType<readonly CameraRule[]>;
    onvif: JSONColumnType<CameraOnvif> | null;
    kitchen: JSONColumnType<KitchenSetup> | null;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
    removed_at: Date | null;
  };
  camera_state_history: {
    camera_id: string;
    stream: string;
    time: Date;
    status: string;
    error_code: string | null;
    changes: Generated<number>;
  };
  camera_outages: { camera_id: string; stream: string; status: string; since: Date };
  segments: {
    segment_id: string;
    camera_id: string;
    stream: string;
    path: string;
    start_time: Date;
    end_time: Date;
    frames: number;
    size_bytes: number;
    codec_string: string;
    width_px: number;
    height_px: number;
    is_expiring: Generated<boolean>;
    source: Generated<string>;
  };
  card_fills: {
    gap_id: string;
    camera_id: string;
    stream: string;
    start_time: Date;
    end_time: Date;
    cause: string;
    error_code: string | null;
    status: string;
    reason: string | null;
    attempts: Generated<number>;
    next_try: Date;
    filled_ms: Generated<number>;
    cut_segment_id: string | null;
    updated_at: Generated<Date>;
  };
  recording_totals: { size_bytes: number };
  system_alarms: { code: string; since: Date };
  recording_gaps: {
    gap_id: string;
    camera_id: string;
    stream: string;
    start_time: Date;
    end_time: Date | null;
    cause: string;
    error_code: string | null;
  };
  events: { event_id: string; time: Date; camera_id: string; kind: string; data: JSONColumnType<object> };
  sightings: {
    sighting_id: string;
    time: Date;
    camera_id: string;
    track_id: string;
    first_seen: Date;
    last_seen: Date;
    vehicle_type: string;
    score: number;
    box: JSONColumnType<Box>;
    plate_id: number | null;
    plate_confidence: number | null;
    plate_colour: string | null;
    plate_evidence: JSONColumnType<object> | null;
    picture_key: string;
    plate_crop_key: string | null;
    vehicle_colour: string | null;
    vehicle_colour_confidence: number | null;
    direction: string | null;
    speed_kmh: number | null;
    length_metres: number | null;
  };
  road_nodes: { node_id: number; longitude: number; latitude: number };
  road_segments: {
    segment_id: number;
    from_node: number;
    to_node: number;
    distance_metres: number;
    speed_kmh: number;
    is_one_way: boolean;
  };
  road_network: { only_row: Generated<boolean>; updated_at: Date };
  plates: { plate_id: Generated<number>; text: string };
  plate_confusions: { true_character: string; read_character: string; weight: number; learned_at: Date };
  kitchen_violations: {
    violation_id: string;
    camera_id: string;
    rule_id: string;
    item: string;
    score: number;
    box: JSONColumnType<Box>;
    since: Date;
    opened_at: Date;
    closed_at: Date | null;
    picture_key: string | null;
    review_decision: string | null;
    review_reason: string | null;
    review_note: string | null;
    reviewed_by: string | null;
    reviewed_at: Date | null;
    stage: Generated<Stage>;
    revision: Generated<number>;
    item_version: Generated<number>;
    held: HeldReason | null;
    deadline: Date | null;
    asked_at: Date | null;
    answered_at: Date | null;
    settled_at: Date | null;
  };
  violation_steps: {
    violation_id: string;
    revision: number;
    step: Step;
    time: Date;
    by_user: string | null;
    reason: string | null;
    note: string | null;
    deadline: Date | null;
    photo_key: string | null;
    link_id: string | null;
    before: JSONColumnType<Standing>;
  };
  violation_clips: {
    violation_id: string;
    from_time: Date;
    to_time: Date;
    state: Generated<ClipState>;
    reason: string | null;
    attempts: Generated<number>;
    next_at: Date;
    clip_key: string | null;
    shown_from: Date | null;
    shown_to: Date | null;
    is_blurred: boolean | null;
  };
  remedy_links: {
    link_id: string;
    violation_id: string;
    created_at: Date;
    created_by: string;
    expires_at: Date;
    revoked_at: Date | null;
    used_at: Date | null;
  };
  kitchen_items: {
    camera_id: string;
    item: string;
    min_score: number | null;
    min_score_by: string | null;
    min_score_at: Date | null;
    on_hold_since: Date | null;
    on_hold_confirmed: number | null;
    on_hold_answers: number | null;
    released_at: Date | null;
    released_by: string | null;
  };
  users: {
    user_id: string;
    username: string;
    role: string;
    password_hash: string;
    created_at: Date;
    disabled_at: Date | null;
  };
  sessions: { token_hash: Buffer; user_id: string; created_at: Date; last_used_at: Date };
  audit_log: {
    entry_id: number;
    time: Date;
    user_id: string;
    username: string;
    action: string;
    target: string;
    purpose: string | null;
    detail: JSONColumnType<Readonly<Record<string, unknown>>>;
    previous_hash: Buffer;
    hash: Buffer;
    look_id: string | null;
  };
  watchlist: {
    entry_id: string;
    plate: string;
    reason: string;
    owner: string;
    created_at: Date;
    expires_at: Date;
    removed_at: Date | null;
  };
  watchlist_hits: {
    hit_id: string;
    entry_id: string;
    sighting_id: string;
    time: Date;
    match: string;
    confidence: number;
    verdict: 'confirmed' | 'false' | null;
    note: string | null;
    decided_by: string | null;
    decided_at: Date | null;
  };
  wall_layouts: {
    layout_id: string;
    owner_id: string;
    name: string;
    is_shared: boolean;
    steps: JSONColumnType<readonly WallStep[]>;
    dwell_seconds: number | null;
    updated_at: Date;
    removed_at: Date | null;
  };
  bookmarks: {
    bookmark_id: string;
    camera_id: string;
    time: Date;
    note: string;
    user_id: string;
    created_at: Date;
    removed_at: Date | null;
  };
  clip_exports: {
    export_id: string;
    user_id: string;
    purpose: string;
    camera_ids: JSONColumnType<readonly string[]>;
    from_time: Date;
    to_time: Date;
    time_zone: string;
    state: string;
    error_code: string | null;
    files: JSONColumnType<readonly ExportFile[]>;
    created_at: Date;
    ended_at: Date | null;
    expires_at: Date | null;
  };
  cases: {
    case_id: string;
    number: string;
    title: string;
    reason: string;
    owner_id: string;
    created_at: Date;
    expires_at: Date;
    closed_at: Date | null;
    closing_note: string | null;
    last_activity: Date;
  };
  case_members: { case_id: string; user_id: string; added_at: Date };
  case_items: {
    item_id: string;
    case_id: string;
    added_by: string;
    added_at: Date;
    position: Generated<number>;
    note: string | null;
    sighting_id: string | null;
    sighting: JSONColumnType<Sighting> | null;
  };
  held_pictures: { picture_key: string; item_id: string; sighting_id: string; sighting_time: Date };
  webhooks: {
    webhook_id: string;
    name: string;
    url: string;
    kinds: string[];
    secret_sealed: Buffer;
    created_at: Date;
    created_by: string;
  };
  alerts: { alert_id: string; kind: string; time: Date; data: JSONColumnType<object>; created_at: Generated<Date> };
  alert_deliveries: {
    alert_id: string;
    webhook_id: string;
    attempts: Generated<number>;
    next_try_at: Date;
    last_error: string | null;
    delivered_at: Date | null;
    failed_at: Date | null;
  };
  map_layers: { name: string; geojson: JSONColumnType<object>; updated_at: Date };
  settings: { key: string; value: JSONColumnType<object>; updated_at: Date };
}

export type Database = Kysely<Tables>;

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  /** 0: none; for migrations, which may take long. */
  readonly statementTimeoutMs: number;
  readonly log: Log;
}

/** The server itself ends a statement that takes too long; beyond that and this it is silent. */
const SILENCE_BEYOND_STATEMENT_MS = 2000;

/** Opens a pool; connects at the first query. int8 comes as number: no count here nears 2^53. */
export function openDatabase({ url, connections, statementTimeoutMs, log }: DatabaseOptions): Database {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    application_name: 'vantage',
    options: '-c timezone=UTC',
    types,
  });
  pool.on('connect', prepareMarked);
  if (statementTimeoutMs > 0)
    pool.on('connect', (client) => endWhenSilent(client, statementTimeoutMs + SILENCE_BEYOND_STATEMENT_MS));
  // While lent out the pool does not listen for it, and an error that nobody hears would end the process; whoever holds
  // the connection is told by the next query.
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug({ reason: error.message }, 'connection broke')),
  );
  // A connection that breaks while idle must not end the process; the next query says what is wrong.
  pool.on('error', (error) =>
    log[pool.ending ? 'debug' : 'warn']({ reason: error.message }, 'an idle database connection broke'),
  );
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * A server that hangs, or a network that swallows packets, gives no answer at all, not even the time-out of a statement. The connection is
 * then ended, not only the wait: a transaction that was open on it must not go on with the next borrower.
 */
function endWhenSilent(client: pg.PoolClient, limitMs: number): void {
  aroundQueries(client, (parameters, ask) => {
    const answer = ask(...parameters);
    if (answer instanceof Promise) {
      const timer = setTimeout(() => {
        if (client instanceof pg.Client) void client.end();
      }, limitMs);
      void answer.catch(() => undefined).finally(() => clearTimeout(timer));
    }
    return answer;
  });
}

export function orUndefined<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

export function toMs(date: Date): number {
  return date.getTime();
}

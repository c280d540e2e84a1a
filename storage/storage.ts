import path from 'node:path';
import { sql } from 'kysely';
import type { EventSink } from '#analyzers/ports.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { BlobStore, SegmentLog } from '#ingest/ports.ts';
import { AuditLog } from './audit/audit-log.ts';
import { LookLog } from './audit/look-log.ts';
import { DiskBlobStore } from './blobs/disk-blob-store.ts';
import { S3BlobStore } from './blobs/s3-blob-store.ts';
import { StagedBlobStore } from './blobs/staged-blob-store.ts';
import { CaseItems } from './cases/case-items.ts';
import { CaseRepository } from './cases/case-repository.ts';
import { CompanySearch } from './cases/company-search.ts';
import { CameraRepository } from './cameras/camera-repository.ts';
import { CameraStateHistory } from './cameras/camera-state-history.ts';
import type { StorageConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { toStorageError } from './errors.ts';
import { CrossingCounts } from './events/crossing-counts.ts';
import { EventRepository } from './events/event-repository.ts';
import { EventWriter } from './events/event-writer.ts';
import { SpooledEventSink } from './events/spooled-event-sink.ts';
import { KitchenItems } from './kitchen/kitchen-items.ts';
import { KitchenReports } from './kitchen/kitchen-reports.ts';
import { RemedyLinks } from './kitchen/remedy-links.ts';
import type { OpenViolations } from '#analyzers/ports.ts';
import { StoredOpenViolations } from './kitchen/open-violations.ts';
import { ViolationClips } from './kitchen/violation-clips.ts';
import { ViolationRepository } from './kitchen/violation-repository.ts';
import { ViolationWork } from './kitchen/violation-work.ts';
import { MapRepository } from './map/map-repository.ts';
import { migrateDatabase } from './migrate.ts';
import { Outbox } from './outbox/outbox.ts';
import { BookmarkRepository } from './recordings/bookmark-repository.ts';
import { CardFillRepository } from './recordings/card-fill-repository.ts';
import { Retention } from './recordings/retention.ts';
import { ExportRepository } from './recordings/export-repository.ts';
import { ExpiryRepository } from './recordings/expiry-repository.ts';
import { RecordingIndexRepository } from './recordings/recording-index-repository.ts';
import { SegmentRepository } from './recordings/segment-repository.ts';
import { SpooledSegmentLog } from './recordings/spooled-segment-log.ts';
import { openSealing } from './sealing.ts';
import { SettingsRepository } from './settings/settings-repository.ts';
import { PlateConfusions } from './sightings/plate-confusions.ts';
import { SightingRepository } from './sightings/sighting-repository.ts';
import { RoadRepository } from './roads/road-repository.ts';
import { EventSpool } from './spool/event-spool.ts';
import { SystemAlarms } from './system/system-alarms.ts';
import { openTimePartitions } from './time-partitions.ts';
import { SessionRepository } from './users/session-repository.ts';
import { UserRepository } from './users/user-repository.ts';
import { WallLayoutRepository } from './wall/wall-layout-repository.ts';
import { WatchlistHits } from './watchlist/watchlist-hits.ts';
import { WatchlistRepository } from './watchlist/watchlist-repository.ts';

const REACHABLE_WITHIN_MS = 2000;

export interface StorageDeps {
  /** With the password in it; never logged. */
  readonly databaseUrl: string;
  /** For the spool, the sealing key and, by default, the pictures. */
  readonly dataFolder: string;
  readonly config: StorageConfig;
  readonly log: Log;
  readonly clock: Clock;
}

/** Everything that is kept, by what it is about. */
export interface Storage {
  readonly cameras: CameraRepository;
  /** Also the `CameraStateSink` of ingest. */
  readonly cameraStates: CameraStateHistory;
  readonly segments: SegmentRepository;
  /** How recordings are deleted. */
  readonly expiry: ExpiryRepository;
  /** Rows against files: what a crash is repaired with. */
  readonly recordingIndex: RecordingIndexRepository;
  readonly segmentLog: SegmentLog;
  /** Outages that are filled from the cards of cameras. */
  readonly cardFills: CardFillRepository;
  /** Moments that people marked. */
  readonly bookmarks: BookmarkRepository;
  /** Recordings that were asked for as files. */
  readonly exports: ExportRepository;
  readonly wallLayouts: WallLayoutRepository;
  readonly alarms: SystemAlarms;
  readonly events: EventRepository;
  /** What lines and dwell zones counted. */
  readonly counts: CrossingCounts;
  readonly eventSink: EventSink;
  readonly sightings: SightingRepository;
  /** Learns once a day, once started, which characters of plates are confused. */
  readonly plateConfusions: PlateConfusions;
  readonly violations: ViolationRepository;
  /** The films beside their pictures. */
  readonly violationClips: ViolationClips;
  /** What people do with violations. */
  readonly violationWork: ViolationWork;
  /** What their answers teach about items. */
  readonly kitchenItems: KitchenItems;
  readonly kitchenReports: KitchenReports;
  readonly openViolations: OpenViolations;
  readonly watchlist: WatchlistRepository;
  readonly watchlistHits: WatchlistHits;
  readonly cases: CaseRepository;
  readonly caseItems: CaseItems;
  /** Searches over many vehicles at once; only inside a case. */
  readonly company: CompanySearch;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly audit: AuditLog;
  /** Looks at pictures, which must not wait for the database; the writer brings them to `audit`. */
  readonly looks: LookLog;
  readonly outbox: Outbox;
  readonly map: MapRepository;
  readonly roads: RoadRepository;
  readonly settings: SettingsRepository;
  readonly blobs: BlobStore;
  readonly spool: EventSpool;
  /** Moves the spool into the database once started. */
  readonly writer: EventWriter;
  /** Deletes what has passed its time once started. */
  readonly retention: Retention;
  /** Whether the database answers now, within two seconds. */
  isReachable(): Promise<boolean>;
  /** Stops writer and retention, and closes the rest. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Connects, migrates and wires the repositories; starts neither writer nor retention: call `writer.start()` and `retention.start()` in the
 * process that shall do that work.
 * @throws {AppError} `DATABASE_UNAVAILABLE`, `MIGRATION_CHANGED`, `MIGRATION_UNKNOWN`, `SPOOL_FAILED`, `SEAL_BROKEN`
 */
export async function openStorage({ databaseUrl, dataFolder, config, log, clock }: StorageDeps): Promise<Storage> {
  const { connections, statementTimeoutMs, eventRetentionDays, stateHistoryDays } = config;
  const db = openDatabase({ url: databaseUrl, connections, statementTimeoutMs, log });
  let spool: EventSpool | undefined;
  try {
    await migrateDatabase(databaseUrl, { log });
    const partitions = await openTimePartitions(db);
    const sealing = await openSealing(dataFolder);
    const staged =
      config.blobStore === 's3'
        ? new StagedBlobStore({
            folder: path.join(dataFolder, 'blobs-staged'),
            remote: new S3BlobStore(config),
            clock,
            log,
          })
        : undefined;
    const blobs = staged ?? new DiskBlobStore({ folder: path.join(dataFolder, 'blobs') });
    spool = new EventSpool({
      file: path.join(dataFolder, 'spool', 'events.sqlite'),
      maxBytes: config.spoolMaxMb * 2 ** 20,
      clock,
      log,
    });
    const events = new EventRepository({ db });
    const segments = new SegmentRepository({ db, events });
    const sessions = new SessionRepository({ db, clock });
    const cameraStates = new CameraStateHistory({ db, spool, clock, log });
    const outbox = new Outbox({ db, sealing, clock });
    const roads = new RoadRepository({ db, clock });
    const plateConfusions = new PlateConfusions({ db, clock, log });
    const sightings = new SightingRepository({
      db,
      clock,
      confusions: () => plateConfusions.model(),
      roads: () => roads.graph(),
    });
    const cases = new CaseRepository({ db, clock });
    const writer = new EventWriter({
      db,
      spool,
      partitions,
      batchSize: config.writeBatch,
      retentionDays: eventRetentionDays,
      clock,
      log,
    });
    const bookmarks = new BookmarkRepository({ db, clock });
    const exports = new ExportRepository({ db, clock });
    const wallLayouts = new WallLayoutRepository({ db, clock });
    const retention = new Retention({
      db,
      bookmarks,
      exports,
      wallLayouts,
      partitions,
      segments,
      sessions,
      outbox,
      blobs,
      eventRetentionDays,
      stateHistoryDays,
      clock,
      log,
    });
    staged?.start();
    let closing: Promise<void> | undefined;
    const openSpool = spool;
    const closeAll = async (): Promise<void> => {
      await Promise.all([writer.close(), retention.close(), plateConfusions.close(), staged?.close()]);
      cameraStates.close();
      openSpool.close();
      await db.destroy();
    };
    return {
      cameras: new CameraRepository({ db, sealing }),
      cameraStates,
      segments,
      expiry: new ExpiryRepository({ db }),
      recordingIndex: new RecordingIndexRepository({ db }),
      segmentLog: new SpooledSegmentLog({ spool }),
      cardFills: new CardFillRepository({ db }),
      bookmarks,
      exports,
      wallLayouts,
      alarms: new SystemAlarms({ spool }),
      events,
      counts: new CrossingCounts({ db }),
      eventSink: new SpooledEventSink({ spool, blobs }),
      sightings,
      plateConfusions,
      violations: new ViolationRepository({ db, clock }),
      violationClips: new ViolationClips({ db, clock }),
      violationWork: new ViolationWork({
        db,
        clock,
        links: new RemedyLinks({ db, sealing, clock, daysAfterDeadline: config.remedyLinkDays }),
        hold: { precision: config.holdPrecision, answers: config.holdAnswers },
      }),
      kitchenItems: new KitchenItems({ db, clock }),
      kitchenReports: new KitchenReports({ db, clock }),
      openViolations: new StoredOpenViolations({ db }),
      watchlist: new WatchlistRepository({ db, clock }),
      watchlistHits: new WatchlistHits({ db, clock }),
      cases,
      caseItems: new CaseItems({ db, cases, sightings, clock }),
      company: new CompanySearch({ db }),
      users: new UserRepository({ db, clock }),
      sessions,
      audit: new AuditLog({ db, clock }),
      looks: new LookLog({ spool, clock }),
      outbox,
      map: new MapRepository({ db, clock }),
      roads,
      settings: new SettingsRepository({ db, clock }),
      blobs,
      spool,
      writer,
      retention,
      async isReachable() {
        const late = Promise.withResolvers<boolean>();
        const timer = clock.setTimeout(() => late.resolve(false), REACHABLE_WITHIN_MS);
        const answer = sql`SELECT 1`.execute(db).then(
          () => true,
          () => false,
        );
        return Promise.race([answer, late.promise]).finally(() => timer.cancel());
      },
      close: () => (closing ??= closeAll()),
    };
  } catch (error) {
    spool?.close();
    await db.destroy();
    throw toStorageError(error);
  }
}

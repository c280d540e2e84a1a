import type { LiveFeed } from '#api/live-feed.ts';
import type { Metrics } from '#infra/runtime/metrics.ts';
import type { Storage } from '#storage/storage.ts';
import type { RemoteCamera } from '#ingest/workers/remote-camera.ts';
import type { CameraNode } from './camera-node.ts';
import type { ClipMaker } from './clip-maker.ts';
import type { GapFiller } from './gap-filler.ts';

/** Puts the figures of the parts where Prometheus reads them; they are collected when it asks, not before. */
export function observe({
  metrics,
  storage,
  cameras,
  feed,
  gapFiller,
  clipMaker,
}: {
  readonly metrics: Metrics;
  readonly storage: Storage;
  readonly cameras: CameraNode;
  readonly feed: LiveFeed;
  readonly gapFiller: GapFiller;
  readonly clipMaker: ClipMaker;
}): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    const metric = metrics.gauge(name, help);
    Object.assign(metric, { collect: () => metric.set(read()) });
  };
  const { ingest } = cameras;
  const sum = (read: (camera: RemoteCamera) => number): number =>
    ingest.cameras.reduce((total, camera) => total + read(camera), 0);
  gauge('vantage_cameras', 'Cameras of this node', () => ingest.cameras.length);
  gauge(
    'vantage_cameras_live',
    'Cameras that send pictures now',
    () => ingest.cameras.filter(({ camera }) => cameras.state(camera.id)?.status === 'live').length,
  );
  gauge('vantage_ingest_threads', 'Threads that take in cameras', () => ingest.figures.threads);
  gauge(
    'vantage_ingest_threads_replaced',
    'Ingest threads that died or hung since the start, and were replaced',
    () => ingest.figures.replaced,
  );
  gauge('vantage_ingest_moves', 'Cameras moved to another ingest thread to even the load', () => ingest.figures.moves);
  gauge(
    'vantage_ingest_cpu_ms',
    'CPU milliseconds of the ingest threads that run now, each since its start',
    () => ingest.figures.cpuMs,
  );
  gauge(
    'vantage_ingest_lost_units',
    'Pictures and sounds that readers missed because the main thread lagged; the recordings have them',
    () => ingest.figures.lostUnits,
  );
  gauge(
    'vantage_ingest_waiting_rows',
    'Rows of segments and gaps that the spool refused and that wait in memory',
    () => ingest.figures.waitingRows,
  );
  gauge('vantage_recorded_frames', 'Frames in closed segments since the start', () =>
    sum(({ recording }) => recording?.frames ?? 0),
  );
  gauge('vantage_recorded_bytes', 'Bytes in closed segments since the start', () =>
    sum(({ recording }) => recording?.sizeBytes ?? 0),
  );
  gauge('vantage_analysed_frames', 'Pictures analysed since the start', () => cameras.pool.counters.analysed);
  gauge(
    'vantage_analysis_dropped_frames',
    'Pictures replaced by a newer one before their turn',
    () => cameras.pool.counters.dropped,
  );
  gauge(
    'vantage_unchanged_frames',
    'Pictures not analysed because nothing had changed, of the cameras that are there',
    () => cameras.analysis.stats.reduce((total, { framesUnchanged }) => total + framesUnchanged, 0),
  );
  gauge('vantage_emitted_events', 'Events that analysis raised since the start, of the cameras that are there', () =>
    cameras.analysis.stats.reduce((total, { events }) => total + events, 0),
  );
  gauge('vantage_lost_events', 'Events lost because not even the spool took them', () => cameras.analysis.eventsLost);
  gauge(
    'vantage_refused_entries',
    'Entries put aside that the database can never take',
    () => storage.writer.counts.buried,
  );
  gauge('vantage_spooled_events', 'Events waiting on local disk for the database', () => storage.writer.pendingCount());
  gauge('vantage_stored_events', 'Events stored since the start', () => storage.writer.counts.stored);
  gauge('vantage_feed_clients', 'Browsers on the live feed', () => feed.clientCount);
  const work: readonly (readonly [string, string, () => number])[] = [
    ['gaps_filled', 'Gaps filled whole from cards of cameras since the start', () => gapFiller.counters.filled],
    ['gaps_partly_filled', 'Gaps filled in part since the start', () => gapFiller.counters.partly],
    ['gaps_not_on_card', 'Gaps of which the card had nothing, since the start', () => gapFiller.counters.none],
    ['gap_fills_failed', 'Gaps given up since the start', () => gapFiller.counters.failed],
    [
      'gap_fill_retries',
      'Tries to fill a gap that are to be made again, since the start',
      () => gapFiller.counters.retries,
    ],
    ['card_frames', 'Frames fetched from cards since the start', () => gapFiller.counters.frames],
    ['card_bytes', 'Bytes fetched from cards since the start', () => gapFiller.counters.sizeBytes],
    ['cards_read_now', 'Cards that are read now', () => gapFiller.counters.active],
    ['clips_made', 'Evidence clips made since the start', () => clipMaker.counters.ready],
    ['clips_failed', 'Evidence clips given up since the start', () => clipMaker.counters.failed],
    ['clips_not_recorded', 'Evidence clips whose range was not recorded', () => clipMaker.counters.gone],
    ['clip_retries', 'Tries to make an evidence clip that are to be made again', () => clipMaker.counters.retries],
  ];
  for (const [name, help, read] of work) gauge(`vantage_${name}`, help, read);
}

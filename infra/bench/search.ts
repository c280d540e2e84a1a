import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import type { Storage } from '#storage/storage.ts';
import { City, CITY_SETTING, type CitySpec } from '../simulation/city.ts';
import { Random } from '../simulation/random.ts';
import { type BenchReport, type Figures, describeMachine } from './bench-report.ts';
import { benchErrors } from './errors.ts';
import { BenchDatabase, type Connected } from './search/bench-database.ts';
import { percentile, timeEach } from './search/latencies.ts';
import type { WriterOrder } from './search/load-writer.worker.ts';
import { askPlain, buildPlainTable, dropPlainTable } from './search/plain-table.ts';
import { type Kind, KINDS, type Question, TARGET_MS, TITLE, questionOf } from './search/questions.ts';
import { type CityRange, measureClones, measureRecall } from './search/recall.ts';
import { Reference } from './search/reference.ts';

export interface SearchBenchOptions {
  /** The store must hold at least so many sightings. */
  readonly rows: number;
  readonly dataFolder: string | undefined;
  /** Of each kind; of clone checks a tenth. */
  readonly questions: number;
  /** Compared with the reference, of each kind. */
  readonly compared: number;
  readonly insertsPerSecond: number;
  /** Without it there is neither peer nor comparison. */
  readonly withPeer: boolean;
  /** The table of the peer is left for the next run, and used again when it is there. */
  readonly keepPeer: boolean;
  /** Plates whose whole trajectory is looked for; 0: only latencies. */
  readonly recall: number;
  /** Days whose clone checks are held against the truth. */
  readonly cloneDays: number;
  readonly seed: number;
  readonly onProgress: (line: string) => void;
}

const DAY_MS = 86_400_000;
const LOCAL_OFFSET_MS = 8 * 3_600_000;
/** Trips of the last day end after it. */
const AFTER_MIDNIGHT_MS = 6 * 3_600_000;
const PAGE_OF_ALL = 500;
const LEAST_CLONE_CHECKS = 3;

/** What questions of investigators take on a simulated city, cold and warm, while sightings come in; whether the answers are right. */
export async function benchSearch(options: SearchBenchOptions): Promise<BenchReport> {
  const database = new BenchDatabase(options.dataFolder);
  try {
    return await new SearchBench(options, database, await database.open()).run();
  } finally {
    await database.close();
  }
}

class SearchBench {
  readonly #options: SearchBenchOptions;
  readonly #database: BenchDatabase;
  #connected: Connected;
  #coldness = 'not measured: a database of one’s own is not restarted';
  #insertedPerSecond: number[] = [];

  constructor(options: SearchBenchOptions, database: BenchDatabase, connected: Connected) {
    this.#options = options;
    this.#database = database;
    this.#connected = connected;
  }

  async run(): Promise<BenchReport> {
    const { options, city, range, rows } = await this.#prepare();
    const { recall, withPeer } = options;
    const results: Figures[] = [];
    if (recall > 0) {
      options.onProgress(`${recall} plates against the truth`);
      const { storage } = this.#connected;
      results.push(...(await measureRecall(storage, city, range, recall, new Random(options.seed, 1))));
      results.push(await measureClones(storage, city, range, Math.min(options.cloneDays, city.spec.days)));
    }
    if (options.questions > 0) {
      if (withPeer) await this.#needPlainTable();
      results.push(...(await this.#measureAll(city, range, rows)));
      if (withPeer && !options.keepPeer) await dropPlainTable(this.#connected.db);
    }
    const version = await sql<{ v: string }>`SELECT current_setting('server_version') AS v`.execute(this.#connected.db);
    return {
      bench: 'search',
      machine: describeMachine(),
      conditions: {
        rows,
        cameras: city.spec.cameras,
        vehicles: city.spec.vehicles,
        days: city.spec.days,
        citySeed: city.spec.seed,
        questionsOfEachKind: options.questions,
        ...(options.questions > 0 && {
          insertsPerSecondAsked: options.insertsPerSecond,
          insertsPerSecondReached: Math.round(Math.min(...this.#insertedPerSecond, options.insertsPerSecond)),
          cold: this.#coldness,
          warm: 'the same questions once before; asked one after the other',
          page: 'the first hundred sightings, with the counts of plates',
        }),
        database: `PostgreSQL ${version.rows[0]?.v ?? ''}, ${await this.#partitioning()}`,
      },
      results,
      ...(withPeer &&
        options.questions > 0 && {
          peer: {
            name: 'PostgreSQL, one plain table',
            version: version.rows[0]?.v ?? '',
            indexes: 'B-trees (plate, time), (camera, time), (time), trigrams (plate)',
          },
        }),
    };
  }

  async #prepare(): Promise<{ options: SearchBenchOptions; city: City; range: CityRange; rows: number }> {
    const { storage, db } = this.#connected;
    const spec = (await storage.settings.get(CITY_SETTING)) as CitySpec | undefined;
    const counted = await sql<{ n: number }>`SELECT count(*) AS n FROM sightings`.execute(db);
    const rows = counted.rows[0]?.n ?? 0;
    if (!spec || rows < this.#options.rows) throw benchErrors.BENCH_CITY_MISSING({ rows, wanted: this.#options.rows });
    const fromMs = Date.parse(`${spec.firstDay}T00:00:00Z`) - LOCAL_OFFSET_MS;
    this.#options.onProgress(`${rows} sightings; learning what readers confuse`);
    await storage.plateConfusions.learn();
    await sql`VACUUM (ANALYZE) sightings`.execute(db);
    await sql`VACUUM (ANALYZE) plates`.execute(db);
    return {
      options: this.#options,
      city: new City(spec),
      range: { fromMs, toMs: fromMs + spec.days * DAY_MS + AFTER_MIDNIGHT_MS },
      rows,
    };
  }

  async #needPlainTable(): Promise<void> {
    const { db } = this.#connected;
    const known = await sql<{ n: number }>`
      SELECT coalesce((SELECT reltuples FROM pg_class WHERE oid = to_regclass('bench_plain.sightings')), 0) AS n`.execute(
      db,
    );
    if ((known.rows[0]?.n ?? 0) < this.#options.rows) await buildPlainTable(db, this.#options.onProgress);
  }

  async #measureAll(city: City, range: CityRange, rows: number): Promise<readonly Figures[]> {
    const { seed, questions, compared, withPeer, onProgress } = this.#options;
    // Up to now, so that what is being written is looked through too.
    const untilNow = { ...range, toMs: Math.max(range.toMs, Date.now()) };
    const askedOf = (kind: Kind, of: CityRange, salt: number, count: number): readonly Question[] => {
      const random = new Random(seed, salt, KINDS.indexOf(kind));
      return Array.from({ length: count }, () => questionOf(kind, city, of, random));
    };
    const count = (kind: Kind): number =>
      kind === 'clones' ? Math.max(LEAST_CLONE_CHECKS, Math.round(questions / 10)) : questions;
    const figures = new Map<Kind, Figures>();
    for (const kind of KINDS) {
      const equal = withPeer ? await this.#compare(askedOf(kind, range, 2, Math.min(compared, count(kind)))) : {};
      figures.set(kind, { query: TITLE[kind], rows, ...equal });
      if (withPeer) onProgress(`${TITLE[kind]}: ${JSON.stringify(equal)}`);
    }
    const measureKind = async (kind: Kind, into: WriterOrder['into']): Promise<void> => {
      const asked = askedOf(kind, untilNow, 3, count(kind));
      const ask = (question: Question): Promise<unknown> =>
        into === 'vantage' ? answer(this.#connected.storage, question) : askPlain(this.#connected.db, question);
      const cold = await timeEach(asked, ask);
      const warm = await timeEach(asked, ask);
      const measured = {
        p50Ms: rounded(percentile(warm, 0.5)),
        p95Ms: rounded(percentile(warm, 0.95)),
        ...(this.#database.isEmbedded && {
          coldP50Ms: rounded(percentile(cold, 0.5)),
          coldP95Ms: rounded(percentile(cold, 0.95)),
        }),
      };
      const named = Object.entries(measured).map(([name, ms]) => [into === 'vantage' ? name : peerName(name), ms]);
      figures.set(kind, { ...figures.get(kind), ...(Object.fromEntries(named) as Figures) });
      onProgress(`${into}, ${TITLE[kind]}: ${JSON.stringify(measured)}`);
    };
    const measure = async (into: WriterOrder['into']): Promise<void> => {
      if (!this.#database.isEmbedded)
        return this.#whileWriting(city.spec, into, async () => {
          for (const kind of KINDS) await measureKind(kind, into);
        });
      for (const kind of KINDS) {
        await this.#forget();
        await this.#whileWriting(city.spec, into, () => measureKind(kind, into));
      }
    };
    await measure('vantage');
    if (withPeer) await measure('plain');
    return KINDS.map((kind) => {
      const target = TARGET_MS[kind];
      return { ...figures.get(kind), ...(target === undefined ? {} : { targetP95Ms: target }) };
    });
  }

  /** Whether the answers are those of the reference. */
  async #compare(asked: readonly Question[]): Promise<Figures> {
    const { storage, db } = this.#connected;
    const reference = new Reference({ db, model: await storage.plateConfusions.model() });
    let equal = 0;
    for (const question of asked) {
      const [ours, theirs] = await Promise.all([
        idsOf(storage, question),
        referenceOf(reference, db, storage, question),
      ]);
      if (JSON.stringify(ours) === JSON.stringify(theirs)) equal++;
      else this.#options.onProgress(`differs: ${JSON.stringify(question)} ${ours.length} ${theirs.length}`);
    }
    return { compared: asked.length, equal };
  }

  async #forget(): Promise<void> {
    const { forgot, ...connected } = await this.#database.restart();
    this.#connected = connected;
    this.#coldness = `${forgot} before each kind of question; then each question once`;
  }

  async #whileWriting<T>(spec: CitySpec, into: WriterOrder['into'], work: () => Promise<T>): Promise<T> {
    const { insertsPerSecond } = this.#options;
    if (insertsPerSecond === 0) return work();
    const order: WriterOrder = { databaseUrl: this.#connected.url, spec, perSecond: insertsPerSecond, into };
    const writer = new Worker(new URL('./search/load-writer.worker.ts', import.meta.url), { workerData: order });
    const begun = Promise.withResolvers<void>();
    const done = new Promise<{ written: number; seconds: number }>((resolve, reject) => {
      writer.on('message', (message: { written: number; seconds: number } | 'begun') => {
        if (message === 'begun') begun.resolve();
        else resolve(message);
      });
      writer.on('error', reject);
    });
    done.catch((error: unknown) => begun.reject(error));
    await begun.promise;
    try {
      return await work();
    } finally {
      writer.postMessage('stop');
      const { written, seconds } = await done;
      this.#insertedPerSecond.push(written / seconds);
    }
  }

  async #partitioning(): Promise<string> {
    const { rows } = await sql`SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'`.execute(this.#connected.db);
    return rows.length > 0 ? 'TimescaleDB' : 'native partitions of a day';
  }
}

async function answer({ sightings }: Storage, question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'trajectory':
    case 'fuzzyTrajectory':
      return sightings.trajectory({
        plate: question.plate,
        ...question.range,
        isFuzzy: question.kind === 'fuzzyTrajectory',
      });
    case 'clones':
      return sightings.clones({ ...question.range, limit: 50 });
    default:
      return sightings.search(question.search);
  }
}

/** What is compared: ids in order; of fuzzy searches all pages as a set; of clone checks the plates. */
async function idsOf({ sightings }: Storage, question: Question): Promise<readonly string[]> {
  switch (question.kind) {
    case 'fuzzy':
    case 'fuzzyTrajectory': {
      const search =
        'search' in question ? question.search : { ...question.range, plate: question.plate, isFuzzy: true };
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await sightings.search({ ...search, limit: PAGE_OF_ALL, cursor });
        ids.push(...page.sightings.map(({ sightingId }) => sightingId));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return ids.toSorted();
    }
    case 'trajectory': {
      const found = await sightings.trajectory({ plate: question.plate, ...question.range });
      return found.sightings.map(({ sightingId }) => sightingId);
    }
    case 'clones': {
      const suspicions = await sightings.clones({ ...question.range, limit: 200 });
      return suspicions.map(({ plate }) => plate).toSorted();
    }
    default: {
      const page = await sightings.search({ ...question.search, limit: question.search.limit + 1 });
      return page.sightings.map(({ sightingId }) => sightingId);
    }
  }
}

async function referenceOf(
  reference: Reference,
  db: Connected['db'],
  storage: Storage,
  question: Question,
): Promise<readonly string[]> {
  switch (question.kind) {
    case 'fuzzy':
      return (await reference.fuzzy(question.search.plate ?? '', question.search)).toSorted();
    case 'fuzzyTrajectory':
      return (await reference.fuzzy(question.plate, question.range)).toSorted();
    case 'trajectory':
      return (await askPlain(db, question)).toReversed();
    case 'clones':
      return (await reference.clones(question.range, await storage.roads.graph())).slice(0, 200).toSorted();
    default:
      return askPlain(db, question);
  }
}

/** `p50Ms` → `peerP50Ms` */
function peerName(name: string): string {
  return `peer${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

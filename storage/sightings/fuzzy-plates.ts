import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared-statements.ts';
import type { ConfusionModel } from './confusion-model.ts';
import {
  COUNTED_PASSES,
  type FuzzyCandidate,
  type MeantPlate,
  type Reading,
  confidenceForLikelihood,
  likelihoodOfPass,
  platesMeant,
} from './plate-likelihood.ts';
import { neighboursOf } from './plate-neighbours.ts';
import type { PlateCount, PlateFilter } from './sighting-query.ts';

/** How far back a plate's passes are counted when less was asked for. */
const COUNTED_MS = 30 * 86_400_000;
/** A dictionary of a city has some tens of a plate's neighbours; where it is denser, the likeliest. */
const MOST_CANDIDATES = 300;
/** A text whose likeliest pass is below this is another vehicle, or another vehicle's misreading; a few are shown to leave out none. */
const LEAST_LIKELIHOOD = 0.002;
/** Of the passes of another plate that is seen daily only those that are likelier. */
const LEAST_OF_OTHERS = 0.01;
/** A plate that is less likely the one that was meant is not. */
const LEAST_MEANT = 0.02;

/** The texts that a plate may have been read as. */
export interface FuzzyPlates {
  /** Which sightings a fuzzy search is about. */
  readonly filter: PlateFilter & { readonly kind: 'ids' };
  /** How likely a pass was the plate asked for, 0..1. */
  likelihoodOf(reading: Reading): number;
  /** The same for a text as a whole: the mean over its passes. */
  readonly likelihoods: ReadonlyMap<string, number>;
}

/** A text of the dictionary with what was read of it. */
export interface PlateReadings extends FuzzyCandidate {
  readonly plateId: number;
  /** The newest, `COUNTED_PASSES` + 1 at most. */
  readonly readings: readonly Reading[];
}

/**
 * Looks up every neighbour of a plate in the dictionary (by its unique index: some milliseconds for some thousand texts, and no neighbour is
 * missed, which similarity of trigrams cannot promise for seven characters), then weighs what was read.
 *
 * @param asked normalised, without wildcards
 */
export async function findFuzzyPlates(
  db: Database,
  asked: string,
  range: { readonly fromMs: number; readonly toMs: number },
  model: ConfusionModel,
): Promise<FuzzyPlates> {
  const counted = { fromMs: Math.min(range.fromMs, range.toMs - COUNTED_MS), toMs: range.toMs };
  const candidates = await findCandidates(db, asked, counted, model);
  return weighCandidates(asked, candidates, model, (texts) => countPasses(db, texts, counted));
}

/**
 * Decides which texts a fuzzy search is about.
 * @param countPasses how often other texts were seen, up to `COUNTED_PASSES` + 1
 */
export async function weighCandidates(
  asked: string,
  candidates: readonly PlateReadings[],
  model: ConfusionModel,
  countOthers: (texts: readonly string[]) => Promise<readonly PlateCount[]>,
): Promise<FuzzyPlates> {
  const passes = new Map(candidates.map((candidate) => [candidate.text, candidate.passes]));
  const meant = platesMeant(asked, candidates, model).filter(
    ({ text, probability }) => text === asked || probability >= LEAST_MEANT,
  );
  const likelihoodOf = (reading: Reading): number =>
    reading.text === asked
      ? 1
      : meant.reduce(
          (sum, { text, probability }) => sum + probability * likelihoodOfPass(text, reading, passes, model),
          0,
        );
  // Where a pass is likely so far: the other plates that its reader named may be seen daily too.
  const named = candidates
    .filter((candidate) => candidate.passes <= COUNTED_PASSES)
    .flatMap(({ readings }) => readings)
    .filter((reading) => reading.text !== asked && likelihoodOf(reading) >= LEAST_LIKELIHOOD)
    .flatMap(({ alternatives }) => alternatives.map(({ text }) => text));
  const unknown = [...new Set(named)].filter((text) => !passes.has(text));
  for (const { text, count } of await countOthers(unknown)) passes.set(text, count);
  const likelihoods = new Map<string, number>();
  const ids: number[] = [];
  const others: PlateReadings[] = [];
  for (const candidate of candidates) {
    const values = candidate.readings.map(likelihoodOf);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
    likelihoods.set(candidate.text, candidate.text === asked ? 1 : mean);
    if (isMeant(candidate, meant, Math.max(0, ...values))) ids.push(candidate.plateId);
    else if (candidate.passes > COUNTED_PASSES) others.push(candidate);
  }
  const doubtful = {
    ids: others.map(({ plateId }) => plateId),
    confidences: others.map(({ text }) => confidenceForLikelihood(asked, text, LEAST_OF_OTHERS, passes, model)),
    text: asked,
  };
  return { filter: { kind: 'ids', ids, doubtful }, likelihoods, likelihoodOf };
}

/** A plate that is seen daily is a vehicle of its own, whatever single passes look like: unless it is the one that was meant. */
function isMeant({ text, passes }: PlateReadings, meant: readonly MeantPlate[], likeliest: number): boolean {
  return meant.some((plate) => plate.text === text) || (passes <= COUNTED_PASSES && likeliest >= LEAST_LIKELIHOOD);
}

async function findCandidates(
  db: Database,
  asked: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  model: ConfusionModel,
): Promise<readonly PlateReadings[]> {
  const known = await db
    .selectFrom('plates')
    .selectAll()
    .where('text', '=', sql<string>`ANY(${[asked, ...neighboursOf(asked, model)]}::text[])`)
    .execute();
  const likeliest =
    known.length <= MOST_CANDIDATES
      ? known
      : known
          .map((plate) => ({ ...plate, likelihood: model.ofText(asked, plate.text) }))
          .toSorted((a, b) => b.likelihood - a.likelihood)
          .slice(0, MOST_CANDIDATES);
  const query = sql<{
    readonly plate_id: number;
    readonly confidence: number | null;
    readonly alternatives: Reading['alternatives'] | null;
  }>`
    SELECT c.plate_id, s.plate_confidence AS confidence, s.plate_evidence -> 'alternatives' AS alternatives
    FROM unnest(${likeliest.map(({ plate_id }) => plate_id)}::bigint[]) AS c (plate_id)
    CROSS JOIN LATERAL (
      SELECT s.plate_confidence, s.plate_evidence FROM sightings s
      WHERE s.plate_id = c.plate_id AND s.time >= ${iso(fromMs)}::timestamptz AND s.time <= ${iso(toMs)}::timestamptz
      ORDER BY s.time DESC, s.sighting_id DESC LIMIT ${COUNTED_PASSES + 1}
    ) s`;
  const { rows } = await prepared(query).execute(db);
  const byPlate = Map.groupBy(rows, (row) => row.plate_id);
  return likeliest.map(({ plate_id, text }) => {
    const readings = (byPlate.get(plate_id) ?? []).map(({ confidence, alternatives }) => ({
      text,
      confidence: confidence ?? 0,
      alternatives: alternatives ?? [],
    }));
    return { plateId: plate_id, text, passes: readings.length, readings };
  });
}

async function countPasses(
  db: Database,
  texts: readonly string[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly PlateCount[]> {
  if (texts.length === 0) return [];
  const query = sql<PlateCount>`
    SELECT p.text, n.count FROM plates p CROSS JOIN LATERAL (
      SELECT count(*) AS count FROM (
        SELECT FROM sightings s WHERE s.plate_id = p.plate_id AND s.time >= ${iso(fromMs)}::timestamptz
          AND s.time <= ${iso(toMs)}::timestamptz LIMIT ${COUNTED_PASSES + 1}
      ) s
    ) n WHERE p.text = ANY(${[...texts]}::text[])`;
  return (await prepared(query).execute(db)).rows;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

import type { CameraRule } from '#ingest/cameras/camera.ts';
import type { Box, HygieneObservation } from '../detection.ts';
import { hygieneItem } from '../packs/kitchen/hygiene-catalogue.ts';
import { areaOf, intersectionArea } from '../tracking/box.ts';
import { HygieneJudgement } from './hygiene-judgement.ts';
import { boundsOf } from './zone.ts';

type HygieneRule = Extract<CameraRule, { kind: 'hygiene' }>;

/** A violation that goes on. */
export interface OpenViolation {
  readonly violationId: string;
  readonly item: string;
  readonly ruleId: string;
  readonly sinceMs: number;
  readonly box: Box;
}

export interface ViolationChange extends OpenViolation {
  readonly phase: 'opened' | 'closed';
  readonly score: number;
  /** Only when closed: when it was last seen for sure. */
  readonly untilMs?: number;
}

/** Rules of one item whose zones overlap: they watch one and the same state of the kitchen. */
interface Watched {
  readonly item: string;
  readonly zone: Box;
  readonly judgements: ReadonlyMap<string, HygieneJudgement>;
  open: OpenViolation | undefined;
}

/** Share of the smaller zone that two zones have in common, from which on they are one. */
const SAME_ZONE = 0.3;
const WHOLE_FRAME: Box = { x: 0, y: 0, width: 1, height: 1 };

/** Keeps the violations of one kitchen: one open at most per item and zone, however many rules see it. */
export class HygieneBook {
  readonly #nextId: (timeMs: number) => string;
  readonly #watched: readonly Watched[];
  readonly #byRule = new Map<string, Watched>();
  /** Open ones of which no rule speaks any more. */
  #orphans: OpenViolation[] = [];

  constructor(rules: readonly HygieneRule[], nextId: (timeMs: number) => string) {
    this.#nextId = nextId;
    this.#watched = groupByZone(rules).map((group) => {
      const judgements = new Map(group.map((rule) => [rule.id, judgementFor(rule)] as const));
      const [first] = group;
      return { item: first?.item ?? '', zone: first ? zoneOf(first) : WHOLE_FRAME, judgements, open: undefined };
    });
    for (const watched of this.#watched) {
      for (const ruleId of watched.judgements.keys()) this.#byRule.set(ruleId, watched);
    }
  }

  get open(): readonly OpenViolation[] {
    return [...this.#watched.flatMap(({ open }) => open ?? []), ...this.#orphans];
  }

  isOpen(ruleId: string): boolean {
    return this.#byRule.get(ruleId)?.open !== undefined;
  }

  /** Goes on with violations that were opened before. Those of rules that are gone close at the next picture. */
  resume(violations: readonly OpenViolation[]): void {
    for (const violation of violations) {
      const watched = this.#watchedFor(violation);
      if (!watched || watched.open) {
        this.#orphans.push(violation);
        continue;
      }
      watched.open = violation;
      const own = watched.judgements.get(violation.ruleId);
      for (const judgement of own ? [own] : watched.judgements.values()) judgement.resume(violation.sinceMs);
    }
  }

  update(observations: readonly HygieneObservation[], timeMs: number): ViolationChange[] {
    const changes: ViolationChange[] = this.#orphans.map((orphan) => {
      return { ...orphan, phase: 'closed', score: 1, untilMs: timeMs };
    });
    this.#orphans = [];
    for (const observation of observations) {
      const { ruleId, item, box } = observation;
      const watched = ruleId === undefined ? undefined : this.#byRule.get(ruleId);
      const verdict = ruleId === undefined ? undefined : watched?.judgements.get(ruleId)?.update(observation, timeMs);
      if (ruleId === undefined || !watched || !verdict) continue;
      const { phase, score, sinceMs } = verdict;
      if (phase === 'opened') {
        if (watched.open) continue;
        watched.open = { violationId: this.#nextId(sinceMs), item, ruleId, sinceMs, box };
        changes.push({ ...watched.open, phase, score });
      } else if (watched.open && ![...watched.judgements.values()].some(({ isOpen }) => isOpen)) {
        changes.push({ ...watched.open, phase, score, untilMs: verdict.untilMs });
        watched.open = undefined;
      }
    }
    return changes;
  }

  /** By its rule; where that was drawn anew, by item and place. */
  #watchedFor({ ruleId, item, box }: OpenViolation): Watched | undefined {
    const watched = this.#byRule.get(ruleId);
    if (watched?.item === item) return watched;
    return this.#watched.find((candidate) => candidate.item === item && isSameZone(candidate.zone, box));
  }
}

function judgementFor({ item, graceMs }: HygieneRule): HygieneJudgement {
  const known = hygieneItem(item);
  return new HygieneJudgement({
    graceMs,
    agreement: known?.agreement,
    continuesWithinMs: known?.continuesWithinMs,
  });
}

function groupByZone(rules: readonly HygieneRule[]): HygieneRule[][] {
  const groups: HygieneRule[][] = [];
  for (const rule of rules) {
    const touching = groups.filter((group) =>
      group.some((other) => other.item === rule.item && isSameZone(zoneOf(other), zoneOf(rule))),
    );
    const joined = [...touching.flat(), rule];
    for (const group of touching) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  }
  return groups;
}

function zoneOf({ zone }: HygieneRule): Box {
  return zone.length < 3 ? WHOLE_FRAME : boundsOf(zone);
}

function isSameZone(a: Box, b: Box): boolean {
  return intersectionArea(a, b) >= SAME_ZONE * Math.min(areaOf(a), areaOf(b));
}

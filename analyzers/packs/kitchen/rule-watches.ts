import type { CameraRule } from '#ingest/cameras/camera.ts';
import type { Box, HygieneObservation, UnknownCause } from '../../detection.ts';
import { boundsOf } from '../../rules/zone.ts';
import type { Picture } from '../model-pack.ts';
import { FlameWatch } from './flame-watch.ts';
import { FloorWatch } from './floor-watch.ts';
import type { PictureOfKitchen } from './kitchen-view.ts';
import { PersonMemory } from './person-memory.ts';
import { PresenceWatch } from './presence-watch.ts';
import { RodentWatch } from './rodent-watch.ts';
import { ZoneChangeWatch } from './zone-change-watch.ts';

export type HygieneRule = Extract<CameraRule, { kind: 'hygiene' }>;

/** What one rule says of one picture. */
export type Watch = (seen: PictureOfKitchen) => HygieneObservation;

type Finding = Pick<HygieneObservation, 'state' | 'score'> & { readonly box?: Box; readonly because?: UnknownCause };
type Find = (seen: PictureOfKitchen) => Finding;

const WHOLE_FRAME: Box = { x: 0, y: 0, width: 1, height: 1 };

/** @returns undefined for an item that is not found by a rule, and for a rule that lacks the zone it needs */
export function watchFor(rule: HygieneRule, reference: Picture | undefined): Watch | undefined {
  const find = findFor(rule, reference);
  if (!find) return undefined;
  const zone = rule.zone.length < 3 ? WHOLE_FRAME : boundsOf(rule.zone);
  return (seen) => {
    const { state, score, box = zone, because } = find(seen);
    return { item: rule.item, ruleId: rule.id, state, score, box, ...(because && { because }) };
  };
}

function findFor(rule: HygieneRule, reference: Picture | undefined): Find | undefined {
  if (rule.item === 'camera_obstructed') return findObstruction();
  if (rule.item === 'presence_after_hours') return findPresence(rule);
  if (rule.zone.length < 3) return undefined;
  if (rule.item === 'flame_unattended') return findFlame(rule);
  if (rule.item === 'bin_open') return findOpenBin(rule, reference);
  if (rule.item === 'floor_dirty') return findDirt(rule, reference);
  if (rule.item === 'rodent') return findRodent(rule);
  return undefined;
}

function findFlame(rule: HygieneRule): Find {
  const flame = new FlameWatch(rule.zone);
  // A cook who stands still is missed in some of the pictures, and stays the one who minds the flame.
  const people = new PersonMemory();
  const zone = boundsOf(rule.zone);
  return ({ picture, persons, timeMs, view }) => {
    const { isBurning, score, box } = flame.update(picture);
    const isAttended = people.update(persons, timeMs).some((person) => isAt(person, zone));
    if (isLost(view)) return unknown('view lost');
    if (isBurning === undefined) return unknown('learning');
    return { state: isBurning && !isAttended ? 'violation' : 'fine', score, box };
  };
}

function findOpenBin(rule: HygieneRule, reference: Picture | undefined): Find {
  const change = new ZoneChangeWatch(rule.zone, reference);
  return ({ picture, persons, timeMs, view }) => {
    if (isLost(view)) return unknown('view lost');
    const { isChanged, changedShare } = change.update(picture, persons, timeMs);
    if (isChanged === undefined) return unknown(reference ? 'covered' : 'learning');
    return { state: isChanged ? 'violation' : 'fine', score: Math.min(1, changedShare * 3) };
  };
}

function findDirt(rule: HygieneRule, reference: Picture | undefined): Find {
  if (!reference) return () => unknown('no reference picture');
  const floor = new FloorWatch(rule.zone, reference);
  return ({ picture, persons, timeMs, view }) => {
    if (isLost(view)) return unknown('view lost');
    const { isDirty, because, score, box } = floor.update(picture, persons, timeMs);
    if (isDirty === undefined) return unknown(because ?? 'covered');
    return { state: isDirty ? 'violation' : 'fine', score, box };
  };
}

function findRodent(rule: HygieneRule): Find {
  const floor = new RodentWatch(rule.zone);
  return ({ picture, persons, timeMs, isOpen, view }) => {
    if (isOpen === undefined) return unknown('no opening hours');
    if (isOpen) return { state: 'fine', score: 0 };
    if (isLost(view)) return unknown('view lost');
    const { isSeen, because, score, box } = floor.update(picture, persons, timeMs);
    if (isSeen === undefined) return unknown(because ?? 'learning');
    return { state: isSeen ? 'violation' : 'fine', score, box };
  };
}

function findPresence(rule: HygieneRule): Find {
  const presence = new PresenceWatch(rule.zone);
  return ({ detections, timeMs, isOpen, likeReference }) => {
    const { isPresent, score, box } = presence.update(detections, timeMs, isOpen === false ? likeReference : undefined);
    if (isOpen === undefined) return unknown('no opening hours');
    return !isOpen && isPresent ? { state: 'violation', score, box } : { state: 'fine', score: 0 };
  };
}

function findObstruction(): Find {
  return ({ view, isOpen }) => {
    if (!view) return unknown('no reference picture');
    if (view.state === 'unknown') return unknown('covered');
    // Before and after hours the lamps are off. While people work in it, a dark kitchen is one that the camera does not see.
    if (view.state === 'dark' && isOpen !== true) return unknown('dark');
    return view.state === 'fine' ? { state: 'fine', score: 0 } : { state: 'violation', score: view.score };
  };
}

/** What a zone shows says nothing when the camera looks elsewhere. */
function isLost(view: PictureOfKitchen['view']): boolean {
  return view?.state === 'covered' || view?.state === 'moved';
}

function unknown(because: UnknownCause): Finding {
  return { state: 'unknown', score: 0, because };
}

/** A person is at the stove within about an arm's length, which is a person's width in the picture. */
function isAt(person: Box, zone: Box): boolean {
  const reach = person.width;
  return (
    person.x - reach < zone.x + zone.width &&
    person.x + person.width + reach > zone.x &&
    person.y < zone.y + zone.height &&
    person.y + person.height + reach > zone.y
  );
}

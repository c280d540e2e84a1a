import { describe, expect, it } from 'vitest';
import type { Camera, CameraRule, KitchenZone } from '#ingest/cameras/camera.ts';
import { rectangleZone } from '../../testing/pictures.ts';
import { draftOf, lacksOf, rulesOfDraft } from './kitchen-draft.ts';

const STOVE = rectangleZone({ x: 0.5, y: 0.4, width: 0.2, height: 0.2 });
const BIN = rectangleZone({ x: 0.1, y: 0.6, width: 0.12, height: 0.2 });
const line: CameraRule = { kind: 'line', id: 'l', name: 'door', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } };
const flame: CameraRule = {
  kind: 'hygiene',
  id: 'old-flame',
  name: 'flame at the stove',
  item: 'flame_unattended',
  zone: STOVE,
  graceMs: 5000,
};
const hours = { timeZone: 'Asia/Shanghai', windows: [{ days: [1 as const], from: '09:00', to: '21:00' }] };
const camera = (rules: readonly CameraRule[], kitchen?: Camera['kitchen']): Pick<Camera, 'rules' | 'kitchen'> => ({
  rules,
  kitchen,
});
const zone = (id: string, use: KitchenZone['use'], points = STOVE): KitchenZone => ({ id, use, name: id, points });

describe('draftOf', () => {
  it('takes rules that were never made from zones for zones, each place once', () => {
    const { zones, items } = draftOf(camera([line, flame, { ...flame, id: 'twice' }]));
    expect(zones).toEqual([{ id: 'zone-old-flame', use: 'stove', name: 'flame at the stove', points: STOVE }]);
    expect(items).toEqual([{ item: 'flame_unattended', graceMs: 5000 }]);
  });
});

describe('rulesOfDraft', () => {
  it('changes nothing that was not changed', () => {
    const before = camera([line, flame]);
    expect(rulesOfDraft(draftOf(before), before)).toEqual([line, flame]);
  });

  it('keeps the id of a rule whose zone was moved, also a second time', () => {
    const before = camera([flame]);
    const draft = draftOf(before);
    const moved = { ...draft, zones: draft.zones.map((one) => ({ ...one, points: BIN })) };
    const once = rulesOfDraft(moved, before);
    expect(once).toMatchObject([{ id: 'old-flame', zone: BIN }]);
    const again = rulesOfDraft(
      { ...moved, zones: moved.zones.map((one) => ({ ...one, points: STOVE })) },
      camera(once, { zones: moved.zones }),
    );
    expect(again).toMatchObject([{ id: 'old-flame', zone: STOVE }]);
  });

  it('makes a rule for each zone that an item looks at, and none for zones that no item uses', () => {
    const draft = {
      zones: [zone('a', 'stove'), zone('b', 'stove', BIN), zone('sink', 'hand wash')],
      items: [{ item: 'flame_unattended', graceMs: 9000 }],
      openingHours: undefined,
    };
    const rules = rulesOfDraft(draft, camera([]));
    expect(rules).toMatchObject([
      { id: 'flame_unattended-a', zone: STOVE, graceMs: 9000, name: '灶火无人看管 · a' },
      { id: 'flame_unattended-b', zone: BIN, name: '灶火无人看管 · b' },
    ]);
    expect(rules).toHaveLength(2);
  });

  it('watches the whole picture for what needs no zone, and lets rules of unknown items pass', () => {
    const unknown: CameraRule = { ...flame, id: 'u', item: 'of_tomorrow' };
    const draft = { zones: [], items: [{ item: 'no_mask', graceMs: 20_000 }], openingHours: undefined };
    const rules = rulesOfDraft(draft, camera([unknown, flame]));
    expect(rules[0]).toEqual(unknown);
    expect(rules[1]).toMatchObject({ item: 'no_mask', id: 'no_mask', zone: [{ x: 0, y: 0 }, {}, { x: 1, y: 1 }, {}] });
    expect(rules).toHaveLength(2);
  });
});

describe('lacksOf', () => {
  const draft = (items: readonly string[], more: object = {}) => ({
    zones: [],
    openingHours: undefined,
    items: items.map((item) => ({ item, graceMs: 1000 })),
    ...more,
  });
  const means = (hasReference: boolean, ...modelItems: string[]) => ({ hasReference, modelItems });
  // Which items have a model, the catalogue says; here it is about the rest.
  const lacks = (...given: Parameters<typeof lacksOf>) => lacksOf(...given).filter(({ lack }) => lack !== 'model');

  it('names each thing that is missing', () => {
    expect(
      lacks(draft(['flame_unattended', 'presence_after_hours', 'camera_obstructed', 'of_tomorrow']), means(false)),
    ).toEqual([
      { item: 'flame_unattended', lack: 'zone' },
      { item: 'presence_after_hours', lack: 'opening hours' },
      { item: 'camera_obstructed', lack: 'reference picture' },
      { item: 'of_tomorrow', lack: 'known item' },
    ]);
  });

  it('is content when all is there', () => {
    const whole = draft(['flame_unattended', 'presence_after_hours', 'camera_obstructed'], {
      zones: [zone('s', 'stove')],
      openingHours: hours,
    });
    expect(lacks(whole, means(true))).toEqual([]);
  });

  it('says of an item that no model is there for that it needs one, until one is installed', () => {
    expect(lacksOf(draft(['smoking']), means(true))).toEqual([{ item: 'smoking', lack: 'model' }]);
    expect(lacksOf(draft(['smoking']), means(true, 'smoking'))).toEqual([]);
  });
});

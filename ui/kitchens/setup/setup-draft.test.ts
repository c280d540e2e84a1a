import { describe, expect, it } from 'vitest';
import type { HygieneItem } from '#api/contract/kitchen.ts';
import type { KitchenSetup } from '#api/contract/kitchen-setup.ts';
import { keptDraft } from './kept-draft.ts';
import {
  bodyOf,
  draftFrom,
  freeZoneName,
  lacksOf,
  withItem,
  withoutZone,
  withPoints,
  withZone,
} from './setup-draft.ts';

const item = (changes: Partial<HygieneItem>): HygieneItem => ({
  code: 'bin_open',
  version: 1,
  nameEn: 'Bin',
  nameZh: '垃圾桶',
  severity: 2,
  status: 'rule',
  methodEn: '',
  methodZh: '',
  zone: 'bin',
  needs: [],
  graceMs: 60_000,
  handledBy: 'kitchen',
  remedyDeadlineHours: 24,
  ...changes,
});
const floor = item({ code: 'floor_dirty', zone: 'floor', needs: ['reference picture'] });
const presence = item({ code: 'presence', zone: 'frame', needs: ['opening hours'] });
const smoking = item({ code: 'smoking', zone: 'frame', status: 'bring-your-model' });
const phone = item({ code: 'phone', zone: 'frame', status: 'experimental' });
const catalogue = [item({}), floor, presence, smoking];
const points = [
  { x: 0, y: 0 },
  { x: 0.5, y: 0 },
  { x: 0.5, y: 0.5 },
];
const setup: KitchenSetup = {
  cameraId: 'k',
  name: 'Kitchen',
  zones: [{ id: 'z', use: 'bin', name: '桶', points }],
  items: [{ item: 'bin_open', graceMs: 5000 }],
  modelItems: [],
  isAnalysed: true,
};
const taken = { ...setup, reference: { takenAt: '2026-11-25T08:00:00.000Z', pictureUrl: '' } };

describe('a draft', () => {
  const draft = draftFrom(setup, catalogue);

  it('has every item of the catalogue, with the grace time that was set or the usual one', () => {
    expect(draft.items).toEqual([
      { item: 'bin_open', graceMs: 5000, isOn: true },
      ...['floor_dirty', 'presence', 'smoking'].map((code) => ({ item: code, graceMs: 60_000, isOn: false })),
    ]);
    expect(bodyOf(draft, catalogue, setup)).toEqual({ zones: setup.zones, items: setup.items });
  });

  it('names what an item lacks', () => {
    expect(catalogue.map((one) => lacksOf(one, draft, setup))).toEqual([
      [],
      ['zone', 'reference'],
      ['hours'],
      ['model'],
    ]);
    const floored = withZone(draft, { id: 'f', use: 'floor', name: '地面', points });
    expect(lacksOf(floor, floored, taken)).toEqual([]);
    expect(lacksOf(smoking, draft, { modelItems: ['smoking'] })).toEqual([]);
    expect(lacksOf(phone, draft, setup)).toEqual(['model']);
    expect(lacksOf(phone, draft, { modelItems: ['phone'] })).toEqual([]);
  });

  it('leaves out an item while its zone is gone, and takes it up again when it is back', () => {
    const without = withoutZone(draft, 'z');
    expect(bodyOf(without, catalogue, setup).items).toEqual([]);
    const again = withZone(without, { id: 'n', use: 'bin', name: '桶', points });
    expect(bodyOf(again, catalogue, setup).items).toEqual(setup.items);
  });

  it('moves a zone and changes an item without touching the others', () => {
    const moved = withPoints(draft, 'z', points.toReversed());
    expect(moved.zones[0]).toEqual({ ...setup.zones[0], points: points.toReversed() });
    expect(withPoints(draft, 'none', points)).toBe(draft);
    expect(withItem(draft, 'presence', { isOn: true }).items.filter(({ isOn }) => isOn)).toHaveLength(2);
  });

  it('numbers names that are taken', () => {
    expect(freeZoneName('灶台', setup.zones)).toBe('灶台');
    expect(freeZoneName('桶', setup.zones)).toBe('桶 2');
  });
});

describe('a draft kept in the browser', () => {
  const draft = draftFrom(setup, catalogue);
  const text = JSON.stringify({ basis: JSON.stringify(draft), savedMs: 5, draft: withoutZone(draft, 'z') });

  it('is found again, and says whether the set-up beneath it is still the same', () => {
    expect(keptDraft(text, draft)).toEqual({ draft: withoutZone(draft, 'z'), savedMs: 5, isOfNow: true });
    expect(keptDraft(text, withItem(draft, 'bin_open', { graceMs: 9000 }))?.isOfNow).toBe(false);
  });

  it('is nothing when it is what is live, or cannot be read', () => {
    expect(keptDraft(JSON.stringify({ basis: 'x', savedMs: 5, draft }), draft)).toBeUndefined();
    for (const broken of [undefined, '', '{', '[]', '{"draft":1}', '{"draft":{"zones":[{}],"items":[]},"savedMs":1}'])
      expect(keptDraft(broken, draft)).toBeUndefined();
  });
});

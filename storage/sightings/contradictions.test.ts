import { expect, test } from 'vitest';
import { type SurePass, judgePasses } from './contradictions.ts';
import type { Roads } from './travel.ts';

/** A kilometre north is 0.009 degrees; roads go straight, at 60 km/h. */
const roads: Roads = {
  routeBetween(from, to) {
    const kilometres = Math.abs(Number(to) - Number(from));
    return { distanceMetres: kilometres * 1000, fastestSeconds: kilometres * 60, line: [] };
  },
};
let passes = 0;
function pass(minute: number, kilometre: number, changes: Partial<SurePass> = {}): SurePass {
  return {
    sightingId: `s${passes++}`,
    timeMs: minute * 60_000,
    cameraId: String(kilometre),
    latitude: 30 + kilometre * 0.009,
    longitude: 117,
    confidence: 0.96,
    typeClass: 'car',
    colour: 'white',
    ...changes,
  };
}

test('a vehicle that drives about contradicts nothing', () => {
  expect(judgePasses([pass(0, 0), pass(10, 10), pass(30, 0), pass(600, 40)], roads)).toBeUndefined();
});

test('a plate that is twice where it cannot be is a suspicion, with the pair that says it best', () => {
  const verdict = judgePasses([pass(0, 0), pass(5, 40), pass(20, 10), pass(22, 42), pass(60, 15)], roads);
  expect(verdict).toMatchObject({ contradictions: 2, reasons: ['impossible_travel'] });
  expect(verdict!.logOdds).toBeGreaterThan(0);
  expect(verdict!.travel.isImplausible).toBe(true);
  expect([verdict!.first.cameraId, verdict!.second.cameraId]).toEqual(['10', '42']);
});

test('once may be a misreading; once by the surest readings is worth a look', () => {
  const once = (confidence: number): number =>
    judgePasses([pass(0, 0), pass(5, 40, { confidence }), pass(20, 10)], roads)!.logOdds;
  expect(once(0.92)).toBeLessThan(0);
  expect(once(0.92)).toBeLessThan(once(0.999));
});

test('another type, half of the time, is a suspicion; once in a while it is a mistake of the eye', () => {
  const types = (lorries: number, cars: number) =>
    judgePasses(
      Array.from({ length: lorries + cars }, (_, index) =>
        pass(index * 60, 0, { typeClass: index < lorries ? 'truck' : 'car' }),
      ),
      roads,
    );
  expect(types(5, 6)).toMatchObject({ reasons: ['different_vehicle_type'], contradictions: 5 });
  expect(types(5, 6)!.logOdds).toBeGreaterThan(0);
  expect(types(2, 20)?.logOdds ?? -1).toBeLessThan(0);
  expect(types(1, 5)).toBeUndefined();
});

test('what was not seen surely says nothing', () => {
  const unknown = Array.from({ length: 10 }, (_, index) =>
    pass(index * 60, 0, { typeClass: undefined, colour: index % 2 === 0 ? 'white' : undefined }),
  );
  expect(judgePasses(unknown, roads)).toBeUndefined();
});

test('colour alone needs more than type, and adds to travel', () => {
  const jump = [
    pass(0, 0),
    pass(5, 40, { colour: 'black' }),
    pass(20, 10),
    pass(40, 20),
    pass(45, 60, { colour: 'black' }),
  ];
  const plain = jump.map((one) => ({ ...one, colour: 'white' }));
  expect(judgePasses(jump, roads)!.logOdds).toBeGreaterThan(judgePasses(plain, roads)!.logOdds);
});

test('without a road network straight lines decide', () => {
  const far = [pass(0, 0), pass(1, 90), pass(3, 1), pass(4, 92), pass(8, 0)];
  expect(judgePasses(far, undefined)).toMatchObject({ contradictions: 2 });
  expect(judgePasses([pass(0, 0), pass(40, 90)], undefined)).toBeUndefined();
});

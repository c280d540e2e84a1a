import { expect, test } from 'vitest';
import { shownSteps } from './probe-order.ts';

const passed = (...names: ('address' | 'reached' | 'onvif' | 'rtsp')[]) => names.map((step) => ({ step, ok: true }));

test('a camera that speaks no ONVIF but answers at a usual address is shown on the shorter way', () => {
  expect(shownSteps(false, [])).toContain('onvif');
  expect(shownSteps(false, passed('address', 'reached', 'onvif'))).toContain('profiles');
  expect(shownSteps(false, passed('address', 'reached', 'rtsp'))).not.toContain('onvif');
  expect(shownSteps(true, [])).toEqual(['address', 'reached', 'rtsp', 'signed_in', 'profile', 'picture']);
});

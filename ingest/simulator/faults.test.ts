import { describe, expect, it } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { parseFaults } from './faults.ts';

describe('the list of faults', () => {
  it('reads every kind with its value, start and duration', () => {
    const plan = parseFaults(
      '2:stall@10+20, 3:loss=0.02,4:disconnect@30,5:corrupt=0.1,6:late-key=5,7:wrong-password,8:mjpeg,9:not-rtsp@1.5,2:loss=1,1:clock=3600@5',
      9,
    );
    expect(Object.fromEntries(plan)).toEqual({
      1: [{ fault: { kind: 'clock', jumpMs: 3_600_000 }, fromMs: 5000, toMs: Infinity }],
      2: [
        { fault: { kind: 'stall' }, fromMs: 10_000, toMs: 30_000 },
        { fault: { kind: 'loss', ratio: 1 }, fromMs: 0, toMs: Infinity },
      ],
      3: [{ fault: { kind: 'loss', ratio: 0.02 }, fromMs: 0, toMs: Infinity }],
      4: [{ fault: { kind: 'disconnect' }, fromMs: 30_000, toMs: 30_000 }],
      5: [{ fault: { kind: 'corrupt', ratio: 0.1 }, fromMs: 0, toMs: Infinity }],
      6: [{ fault: { kind: 'late-key', delayMs: 5000 }, fromMs: 0, toMs: Infinity }],
      7: [{ fault: { kind: 'wrong-password' }, fromMs: 0, toMs: Infinity }],
      8: [{ fault: { kind: 'mjpeg' }, fromMs: 0, toMs: Infinity }],
      9: [{ fault: { kind: 'not-rtsp' }, fromMs: 1500, toMs: Infinity }],
    });
  });

  it.each([
    ['2:explode', 'known faults'],
    ['10:stall', 'no camera 10'],
    ['0:stall', 'no camera 0'],
    ['stall', 'write it as'],
    ['1:loss', 'share'],
    ['1:loss=2', 'share'],
    ['1:late-key', 'seconds'],
    ['1:clock=0', 'seconds'],
    ['1:stall=3', 'no value'],
    ['1:stall@x', 'write it as'],
  ])('says what is wrong with %s', (text, detail) => {
    const thrown = (() => {
      try {
        return parseFaults(text, 9);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: 'SIMULATOR_FAULT_INVALID', context: { item: text } });
    expect((thrown as AppError).context['detail']).toContain(detail);
  });
});

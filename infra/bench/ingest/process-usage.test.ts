import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { cpuMsOf, parseProportionalMb, parseSchedstat, proportionalMbOf, withDescendants } from './process-usage.ts';

test('reads what the kernel writes', () => {
  expect(parseSchedstat('1234567890 55 17\n')).toBeCloseTo(1234.567_89);
  expect(
    parseProportionalMb(
      '55d0-7ffc ---p 00000000 00:00 0 [rollup]\nRss:  9000 kB\nPss:      2000 kB\nPss_Dirty: 5 kB\n',
    ),
  ).toBe(2.048);
  expect(parseProportionalMb('')).toBe(0);
});

test('the CPU time of a process grows with its work, as the process itself counts it', () => {
  const own = process.cpuUsage();
  const before = cpuMsOf([process.pid]);
  let sum = 0;
  for (let i = 0; i < 3e7; i++) sum += Math.sqrt(i);
  const used = cpuMsOf([process.pid]) - before;
  const { user, system } = process.cpuUsage(own);
  expect(sum).toBeGreaterThan(0);
  expect(used).toBeGreaterThan(10);
  // Threads that ended meanwhile, and the reading itself, lie between the two.
  expect(Math.abs(used - (user + system) / 1000)).toBeLessThan(Math.max(100, used / 2));
});

test('memory and children of a process are found, of none there are none', async () => {
  const child = spawn('sh', ['-c', 'sleep 30 & wait']);
  const family = (): readonly number[] => withDescendants([child.pid ?? 0]);
  await expect.poll(() => family().length, { timeout: 9000 }).toBe(2);
  expect(withDescendants([process.pid])).toContain(child.pid);
  expect(proportionalMbOf([process.pid])).toBeGreaterThan(10);
  for (const pid of family()) process.kill(pid);
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  expect(cpuMsOf([child.pid ?? 0])).toBe(0);
  expect(proportionalMbOf([child.pid ?? 0])).toBe(0);
});

import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

/** Runs a few lines under the guard, in a process of their own. */
function runGuarded(lines: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = `
    import { createLogger } from '#infra/runtime/logger.ts';
    import { guardProcess } from './infra/processes/guard-process.ts';
    guardProcess(createLogger({ level: 'error', pretty: false }));
    ${lines}`;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '-e', program],
      { cwd: new URL('../..', import.meta.url).pathname, timeout: 9000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test('a failure that nobody waited for is logged, and the process goes on', async () => {
  const { code, stdout } = await runGuarded(`
    void Promise.reject(new Error('left alone'));
    setTimeout(() => console.log('still here'), 50);`);
  expect(stdout).toContain('UNHANDLED_REJECTION');
  expect(stdout).toContain('left alone');
  expect(stdout).toContain('still here');
  expect(code).toBe(0);
});

test('an exception that nobody caught ends the process with one clear line instead of a stack', async () => {
  const { code, stderr } = await runGuarded(`
    setTimeout(() => { throw new Error('half done'); }, 10);
    setTimeout(() => console.log('still here'), 5000);`);
  expect(code).toBe(1);
  expect(stderr).toContain('half done');
  expect(stderr).not.toMatch(/^ {4}at /m);
});

import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const IGNORED = ['**/node_modules/**', 'ui/dist/**', 'data/**', '.cache/**'];
/** Starts one PostgreSQL for all database tests and hands its address to them. */
const POSTGRES_SETUP = 'storage/testing/global-setup.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    // Two of our fork processes with a database, a decoder and ONNX Runtime already fill a small CI machine.
    maxWorkers: 2,
    restoreMocks: true,
    // A shared CI machine may stand still for seconds. A test that passes only the second time is named in the output.
    retry: process.env['CI'] ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // They hold nothing beyond a test: what takes time is to load the same modules for each of 240 files anew.
          isolate: false,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...IGNORED, '**/*.db.test.ts', '**/*.peer.test.ts', 'e2e/**'],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          // Real sockets, threads, models and processes, whose seconds are real ones: too slow for the check of every change.
          name: 'peer',
          include: ['**/*.peer.test.ts'],
          exclude: IGNORED,
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['**/*.db.test.ts'],
          exclude: IGNORED,
          globalSetup: existsSync(POSTGRES_SETUP) ? [POSTGRES_SETUP] : [],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          exclude: IGNORED,
          // Each e2e file starts the whole line with its own database and browser: one at a time.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});

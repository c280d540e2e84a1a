import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SimulatedClock, systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { EventSpool } from './event-spool.ts';

let folder: string;
let file: string;
const opened: EventSpool[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vantage-spool-'));
  file = path.join(folder, 'spool', 'events.sqlite');
});
afterEach(() => {
  for (const spool of opened.splice(0)) spool.close();
  rmSync(folder, { recursive: true });
});

function open(changes: { maxBytes?: number; clock?: SimulatedClock } = {}): EventSpool {
  const spool = new EventSpool({ file, maxBytes: 1e6, clock: systemClock, log: silentLog, ...changes });
  opened.push(spool);
  return spool;
}

test('gives back what was appended, in order, until it is removed', async () => {
  const spool = open();
  await Promise.all([1, 2, 3].map((number) => spool.append('event', { number })));
  expect(spool.peek(2).map(({ kind, body }) => [kind, body])).toEqual([
    ['event', '{"number":1}'],
    ['event', '{"number":2}'],
  ]);
  spool.remove(spool.peek(2));
  expect(spool.peek(10).map(({ body }) => body)).toEqual(['{"number":3}']);
  expect([spool.count, spool.sizeBytes]).toEqual([1, 12]);
});

test('acknowledges within 10 ms, all that came in between with one commit', async () => {
  const clock = new SimulatedClock();
  const spool = open({ clock });
  const acknowledged = vi.fn();
  const appends = [1, 2].map((number) => spool.append('event', { number }).then(acknowledged));
  await Promise.resolve();
  expect(spool.peek(10)).toEqual([]);
  clock.advance(10);
  await Promise.all(appends);
  expect(acknowledged).toHaveBeenCalledTimes(2);
  expect(spool.peek(10)).toHaveLength(2);
});

test('does not wait for the clock when a hundred have come', async () => {
  const spool = open({ clock: new SimulatedClock() });
  await Promise.all(Array.from({ length: 100 }, (_, number) => spool.append('event', { number })));
  expect(spool.peek(200)).toHaveLength(100);
});

test('refuses events when full, still takes rows of the recorder and looks, and takes events again when there is room', async () => {
  const spool = open({ maxBytes: 104 });
  const body = { text: 'x'.repeat(37) };
  await spool.append('event', body);
  await spool.append('event', body);
  await expect(spool.append('event', body)).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  spool.appendSoon('segment', { a: 1 });
  expect(() => spool.appendSoon('segment', body)).toThrow(expect.objectContaining({ code: 'SPOOL_FULL' }));
  spool.flush();
  await spool.append('audit', { b: 12 });
  await expect(spool.append('audit', body)).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  expect(spool.count).toBe(4);
  spool.remove(spool.peek(2));
  await spool.append('event', body);
});

test('knows after a restart what waits, how much it is, and counts on', async () => {
  const first = open();
  await first.append('event', { text: '京' });
  first.appendSoon('gap.opened', { gapId: 'g' });
  first.close();
  const second = open();
  expect([second.count, second.sizeBytes]).toEqual([2, first.sizeBytes]);
  const seqs = second.peek(2).map(({ seq }) => seq);
  second.remove(second.peek(2));
  await second.append('event', {});
  expect(second.peek(1)[0]!.seq).toBeGreaterThan(seqs[1]!);
});

test('a buried entry is out of the way and kept with its reason', async () => {
  const spool = open();
  await spool.append('event', { number: 1 });
  await spool.append('event', { number: 2 });
  spool.bury(spool.peek(1)[0]!, 'no such uuid');
  expect(spool.peek(10).map(({ body }) => body)).toEqual(['{"number":2}']);
  expect(spool.deadLetters()).toMatchObject([{ body: '{"number":1}', error: 'no such uuid' }]);
  expect(spool.count).toBe(1);
});

test('while the disk refuses, who waits is told, and what nobody waits for is written later', async () => {
  const clock = new SimulatedClock();
  const spool = open({ clock });
  const blocker = new DatabaseSync(file);
  blocker.exec('DROP TABLE entries');
  const refused = spool.append('event', {});
  spool.appendSoon('segment', { segmentId: 's' });
  clock.advance(10);
  await expect(refused).rejects.toMatchObject({ code: 'SPOOL_FAILED' });
  expect(spool.count).toBe(1);
  blocker.exec('CREATE TABLE entries (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL)');
  blocker.close();
  clock.advance(1000);
  expect(spool.peek(10).map(({ body }) => body)).toEqual(['{"segmentId":"s"}']);
});

test('tells listeners after each commit', async () => {
  const spool = open();
  const listener = vi.fn();
  const stop = spool.onAppended(listener);
  await spool.append('event', {});
  stop();
  await spool.append('event', {});
  expect(listener).toHaveBeenCalledTimes(1);
});

test('closing writes what waits, and later appends are refused', async () => {
  const spool = open({ clock: new SimulatedClock() });
  const appended = spool.append('event', {});
  spool.close();
  spool.close();
  await appended;
  await expect(spool.append('event', {})).rejects.toMatchObject({ code: 'SPOOL_FAILED' });
  expect(open().count).toBe(1);
});

test('nothing that was acknowledged is lost when the process is killed', async () => {
  const script = fileURLToPath(new URL('../testing/spool-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    if (output.split('\n').length > 400) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const acknowledged = output.split('\n').slice(0, -1).map(Number);
  expect(acknowledged.length).toBeGreaterThan(300);
  const kept = open()
    .peek(1e6)
    .map(({ body }) => (JSON.parse(body) as { number: number }).number);
  expect(kept.slice(0, acknowledged.length)).toEqual(acknowledged);
});

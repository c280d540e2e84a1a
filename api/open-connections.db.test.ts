import { once } from 'node:events';
import { beforeAll, expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import { openTestApp, type TestApp } from './testing/test-app.ts';

let served: TestApp;
let origin: string;
beforeAll(async () => {
  served = await openTestApp(inject('databaseUrl'));
  origin = await served.app.listen({ host: '127.0.0.1', port: 0 });
});

const stream = (): Promise<Response> =>
  fetch(`${origin}/api/events/stream`, {
    headers: { cookie: served.cookie('operator') },
    signal: AbortSignal.timeout(20_000),
  });

test('a WebSocket of another site, and one without a session, are refused before they open', async () => {
  const open = async (headers: Record<string, string>): Promise<number> => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/live/fmp4?camera=cam-1`, { headers });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    socket.on('error', () => undefined);
    socket.terminate();
    return response.statusCode;
  };
  expect(await open({ cookie: served.cookie('operator'), origin: 'https://evil.example' })).toBe(403);
  expect(await open({ origin })).toBe(401);
  expect(await open({ cookie: served.cookie('auditor'), origin })).toBe(403);
});

test('events come as they are stored', async () => {
  const response = await stream();
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const reader = response.body!.getReader();
  served.feed.send('event', { kind: 'zone.dwell' }, 'e1');
  let text = '';
  while (!text.includes('"zone.dwell"')) text += Buffer.from((await reader.read()).value!).toString();
  expect(text).toContain('id: e1\nevent: event\ndata: {"kind":"zone.dwell"}\n\n');
  await reader.cancel();
});

test('the server ends although event streams, sockets and half-read files are open', async () => {
  const streams = await Promise.all([stream(), stream()]);
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/live/webrtc`, {
    headers: { cookie: served.cookie('operator'), origin },
  });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  const startedMs = performance.now();
  await served.close();
  expect(performance.now() - startedMs).toBeLessThan(8000);
  for (const { body } of streams) for await (const _part of body!);
  await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(5000) }).then(
    () => expect.unreachable('nobody listens any more'),
    () => undefined,
  );
});

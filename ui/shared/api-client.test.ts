import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ApiProblem, getJson, onSessionLost, queryString, sendJson } from './api-client.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(status: number, body: string, type = 'application/json'): Promise<string> {
  server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/thing`;
}

const problem = { code: 'CAMERA_NOT_FOUND', title: 'No such camera.', titleZh: '没有这个摄像机。', status: 404 };

test('gives the problem of the server with its code and sentences', async () => {
  const url = await serve(404, JSON.stringify(problem));
  const error = await getJson(url).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiProblem);
  expect((error as ApiProblem).problem).toMatchObject(problem);
});

test('makes a problem of its own out of an answer that is not one', async () => {
  const url = await serve(502, '<html>bad gateway</html>', 'text/html');
  await expect(getJson(url)).rejects.toMatchObject({ message: 'UI_UNEXPECTED_502' });
});

test('says that the server cannot be reached when nobody listens', async () => {
  const url = await serve(200, '{}');
  await new Promise((resolve) => server?.close(resolve));
  const error = await getJson(url).catch((reason: unknown) => reason);
  expect((error as ApiProblem).isUnreachable).toBe(true);
});

test('tells its listeners that the session is lost on 401', async () => {
  let lost = 0;
  const stop = onSessionLost(() => (lost += 1));
  const url = await serve(401, JSON.stringify({ ...problem, status: 401 }));
  await getJson(url).catch(() => undefined);
  stop();
  await getJson(url).catch(() => undefined);
  expect(lost).toBe(1);
});

test('takes an empty answer as undefined', async () => {
  const url = await serve(200, '');
  expect(await sendJson('DELETE', url)).toBeUndefined();
});

test('leaves empty values out of a query', () => {
  expect(queryString({ a: 1, b: '', c: undefined, d: '皖A' })).toBe('?a=1&d=%E7%9A%96A');
  expect(queryString({})).toBe('');
});

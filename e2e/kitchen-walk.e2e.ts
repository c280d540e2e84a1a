import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebhookBody, WebhookCreated } from '#api/contract/alerts.ts';
import type { Camera } from '#api/contract/cameras.ts';
import type { HygieneItem, Violation } from '#api/contract/kitchen.ts';
import type { KitchenSetup, KitchenTrial } from '#api/contract/kitchen-setup.ts';
import { ApiSession } from './api-session.ts';
import { launchBrowser, signIn } from './browser.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

// A kitchen from its first zone to the report: set up, tried on its recording, live, violated, answered, closed.

const OUTPUT = path.join(import.meta.dirname, 'output');
const PATIENCE = { timeout: 90_000, interval: 300 };
/** The demo's third camera shows a kitchen that is made by the project; its bin and stove are where its truth file says. */
const STOVE = [
  [0.8154, 0.3407],
  [0.9707, 0.3407],
  [0.9707, 0.5438],
  [0.8154, 0.5438],
] as const;
const BIN = [
  [0.1956, 0.5231],
  [0.3258, 0.5231],
  [0.3258, 0.8676],
  [0.1956, 0.8676],
] as const;
const GRACE_SECONDS = 4;
/** The scene goes round in 30 s: in so much of it each of its violations lies at least once. */
const RECORDED_MS = 60_000;
const ARRIVES_WITHIN_MS = 3000;
/** Longer than one file of the demo's recording. */
const OPEN_FILE_MS = 15_000;

interface Arrival {
  readonly violationId: string;
  readonly atMs: number;
}

let demo: DemoProcess;
let browser: Browser;
let page: Page;
let api: ApiSession;
let receiver: Server;
let kitchen: Camera;
let found: Violation;
let link: string;
const streaming = new AbortController();
/** Of violations that were opened, by the way they came. */
const arrivals: Record<'sse' | 'webhook', Arrival[]> = { sse: [], webhook: [] };

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(parts).toString('utf8')) as WebhookBody;
      if (data['phase'] === 'opened')
        arrivals.webhook.push({ violationId: String(data['violationId']), atMs: Date.now() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  demo = await startDemo({ cameras: 3 });
  api = new ApiSession(demo.url);
  await api.signIn(demo.username, demo.password);
  const cameras = await api.cameras();
  const found = cameras.find(({ scene }) => scene === 'kitchen');
  if (!found) throw new Error('the demo has no kitchen');
  kitchen = found;
  // The road's cameras would take the time that the kitchen is measured by.
  for (const { id, scene } of cameras) if (scene !== 'kitchen') await api.remove(`/api/cameras/${id}`);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' });
  page.setDefaultTimeout(PATIENCE.timeout);
  await signIn(page, demo.url, demo);
  await page.getByTestId('nav-kitchens').waitFor();
}, 400_000);

afterAll(async () => {
  streaming.abort();
  await browser?.close();
  await demo?.stop();
  await demo?.removeData();
  receiver?.close();
});

async function draw(use: string, corners: readonly (readonly [number, number])[]): Promise<void> {
  await page.getByTestId(`setup-use-${use}`).click();
  const box = await page.getByTestId('zone-canvas').boundingBox();
  if (!box) throw new Error('no canvas');
  for (const [x, y] of corners) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
  await page.keyboard.press('Enter');
}

const zoneCount = (): Promise<number> => page.getByTestId('zone-row').count();
async function stored(): Promise<KitchenSetup> {
  return (await api.get<KitchenSetup>(`/api/kitchens/${kitchen.id}/setup`)).body;
}

test('the page opens from the board, with what the kitchen is watched for now', async () => {
  await page.getByTestId('nav-kitchens').click();
  await page.getByTestId('kitchen-setup').first().click();
  await expect.poll(zoneCount, PATIENCE).toBe(2);
  await expect
    .poll(
      () => page.$$eval('.zone-canvas img', ([image]) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)),
      PATIENCE,
    )
    .toBeGreaterThan(100);
});

test('zones are drawn anew on the picture, undone and done again; nothing is live before it is told to be', async () => {
  for (const left of [1, 0]) {
    await page.getByTestId('zone-remove').first().click();
    await expect.poll(zoneCount, PATIENCE).toBe(left);
  }
  await draw('stove', STOVE);
  await draw('bin', BIN);
  await expect.poll(zoneCount, PATIENCE).toBe(2);
  await page.keyboard.press('Control+z');
  await expect.poll(zoneCount, PATIENCE).toBe(1);
  await page.keyboard.press('Control+y');
  await expect.poll(zoneCount, PATIENCE).toBe(2);
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-setup-zones.png') });
  expect((await api.get<Camera>(`/api/cameras/${kitchen.id}`)).body.rules).toEqual(kitchen.rules);
});

test('a reference picture with people in it is not taken', async () => {
  const taken = page.getByTestId('reference-picture');
  const person = page.getByTestId('reference-person');
  await expect
    .poll(async () => {
      if ((await person.count()) > 0) return 'refused';
      await page
        .getByTestId('reference-take')
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return (await taken.count()) > 0 ? 'taken' : 'nothing yet';
    }, PATIENCE)
    .toBe('refused');
  expect((await stored()).reference).toBeUndefined();
});

test('items show how sure they are and what they lack; grace times are set', async () => {
  await page.getByTestId('setup-step-items').click();
  const row = (code: string) => page.locator(`[data-testid=item-row][data-item=${code}]`);
  for (const code of ['flame_unattended', 'bin_open']) {
    await row(code).getByTestId('item-on').check();
    await row(code).getByTestId('item-grace').fill(String(GRACE_SECONDS));
  }
  // One that the demo watches for, and this walk does not.
  await row('no_head_cover').getByTestId('item-on').uncheck();
  const { body: catalogue } = await api.get<HygieneItem[]>('/api/hygiene-items');
  for (const code of ['floor_dirty', 'smoking']) {
    const isModelless = catalogue.find((item) => item.code === code)?.status === 'bring-your-model';
    expect(await row(code).getByTestId('item-on').isDisabled()).toBe(true);
    await row(code)
      .getByText(isModelless ? '没有可用的模型' : '还没有画「地面」区域')
      .waitFor();
  }
  await page.getByTestId('hours-daily').click();
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-setup-items.png') });
});

test('leaving is asked about, and the draft is there again afterwards', async () => {
  await page.getByTestId('nav-cameras').click();
  await page.getByTestId('rules-leave').click();
  await page.getByTestId('camera-add').waitFor();
  await page.goto(`${demo.url}/kitchens/${kitchen.id}/setup?step=items`);
  await page.getByTestId('setup-kept').waitFor();
  await page.getByTestId('setup-unsaved').waitFor();
  const grace = page.locator('[data-item=bin_open]').getByTestId('item-grace');
  await expect.poll(() => grace.inputValue(), PATIENCE).toBe(String(GRACE_SECONDS));
});

test('the last minutes are tried: what the scene shows would have been raised, once each round, with its picture', async () => {
  await recorded(RECORDED_MS);
  await page.getByTestId('setup-step-trial').click();
  await page.getByTestId('trial-start').click();
  await page.getByTestId('trial-done').waitFor({ timeout: 240_000 });
  const found = await page.getByTestId('trial-violation').evaluateAll((rows) => rows.map((row) => row.dataset['item']));
  // What goes on in the first seconds of a recording cannot be told from how the bin always looks.
  for (const item of ['flame_unattended', 'bin_open']) {
    const count = found.filter((code) => code === item).length;
    expect(count, item).toBeGreaterThanOrEqual(1);
    expect(count, item).toBeLessThanOrEqual(6);
  }
  await expect
    .poll(
      () =>
        page
          .getByTestId('trial-picture')
          .evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)),
      PATIENCE,
    )
    .toBeGreaterThan(300);
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-setup-trial.png') });
  const trialId = new URL(page.url()).searchParams.get('trial') ?? '';
  const { body: trial } = await api.get<KitchenTrial>(`/api/kitchens/${kitchen.id}/trials/${trialId}`);
  const lasted = trial.violations.filter(({ item }) => item === 'flame_unattended');
  expect(
    lasted.every(({ since, raised }) => Date.parse(raised) - Date.parse(since) <= GRACE_SECONDS * 1000 + 1000),
  ).toBe(true);
  // Tried is not live.
  expect((await api.get<Camera>(`/api/cameras/${kitchen.id}`)).body.rules).toEqual(kitchen.rules);
}, 480_000);

test('it works on a phone, on a small screen and in English', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const step of ['zones', 'items', 'trial']) {
    await page.getByTestId(`setup-step-${step}`).click();
    const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth] as const);
    expect(wide).toBeLessThanOrEqual(width);
    await page.screenshot({ path: path.join(OUTPUT, `kitchen-setup-${step}-390.png`) });
  }
  // The last button is in reach above the bar of pages.
  await page.getByTestId('setup-go-live').scrollIntoViewIfNeeded();
  const [button, rail] = await Promise.all([
    page.getByTestId('setup-go-live').boundingBox(),
    page.getByTestId('nav-kitchens').boundingBox(),
  ]);
  expect((button?.y ?? Infinity) + (button?.height ?? 0)).toBeLessThanOrEqual(rail?.y ?? 0);
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-setup-live-390.png') });
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.evaluate(() => localStorage.setItem('vantage.language', 'en'));
  // The trial that was opened is in the address: it is there again.
  await page.reload();
  await page.getByTestId('trial-done').waitFor();
  for (const step of ['zones', 'items', 'trial']) {
    await page.getByTestId(`setup-step-${step}`).click();
    const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth] as const);
    expect(wide).toBeLessThanOrEqual(width);
    await page.screenshot({ path: path.join(OUTPUT, `kitchen-setup-${step}-1280.png`) });
  }
  await page.evaluate(() => localStorage.setItem('vantage.language', 'zh-CN'));
  await page.reload();
  await page.getByTestId('trial-done').waitFor();
  await page.setViewportSize({ width: 1920, height: 1080 });
});

/** Waits until so much of the kitchen lies in closed files. */
async function recorded(lengthMs: number): Promise<void> {
  const patience = { timeout: 240_000, interval: 1000 };
  await expect
    .poll(async () => {
      const { segments } = await api.timeline(kitchen.id);
      const [first, last] = [segments[0], segments.at(-1)];
      return first && last ? Date.parse(last.end) - Date.parse(first.start) : 0;
    }, patience)
    .toBeGreaterThan(lengthMs);
}

/** Notes each violation that a stream of events tells of. */
async function listen(): Promise<void> {
  for await (const event of api.feed(streaming.signal)) {
    if (event.kind !== 'kitchen.violation' || event.phase !== 'opened' || event.cameraId !== kitchen.id) continue;
    arrivals.sse.push({ violationId: event.violationId ?? '', atMs: Date.now() });
  }
}

test('it goes live, and a violation is there by SSE and by webhook within 3 s of its grace time', async () => {
  const { port } = receiver.address() as AddressInfo;
  const webhook = { name: 'e2e', url: `http://127.0.0.1:${port}/alerts`, kinds: ['kitchen.violation'] };
  expect((await api.post<WebhookCreated>('/api/webhooks', webhook)).status).toBe(201);
  listen().catch((error: unknown) => {
    if (!streaming.signal.aborted) throw error;
  });
  await page.getByTestId('setup-go-live').click();
  await page.getByTestId('setup-unsaved').waitFor({ state: 'detached' });
  const liveFromMs = Date.now();
  const setup = await stored();
  expect(setup.items).toEqual([
    { item: 'flame_unattended', graceMs: GRACE_SECONDS * 1000 },
    { item: 'bin_open', graceMs: GRACE_SECONDS * 1000 },
  ]);
  expect(setup.openingHours?.windows).toHaveLength(1);
  for (const [index, corners] of [STOVE, BIN].entries())
    for (const [at, [x, y]] of corners.entries()) {
      expect(setup.zones[index]?.points[at]?.x).toBeCloseTo(x, 1.7);
      expect(setup.zones[index]?.points[at]?.y).toBeCloseTo(y, 1.7);
    }
  const { rules } = (await api.get<Camera>(`/api/cameras/${kitchen.id}`)).body;
  const liveRules = new Set(rules.map(({ id }) => id));

  // A shared machine may stand still for one of them; one that never keeps the time is wrong.
  const latenessMs = async (way: Arrival[]): Promise<number> => {
    const { body } = await api.get<{ violationId: string; since: string; ruleName: string }[]>(
      `/api/violations?state=all&cameraId=${kitchen.id}&limit=100`,
    );
    const late = way.flatMap(({ violationId, atMs }) => {
      const violation = body.find((one) => one.violationId === violationId);
      // What began before was raised by the rules of before, which have other grace times.
      const isOurs = violation !== undefined && Date.parse(violation.since) > liveFromMs;
      return isOurs ? [atMs - (Date.parse(violation.since) + GRACE_SECONDS * 1000)] : [];
    });
    return Math.min(Infinity, ...late);
  };
  expect(liveRules.size).toBe(2);
  for (const way of ['sse', 'webhook'] as const)
    await expect
      .poll(() => latenessMs(arrivals[way]), { timeout: 150_000, interval: 500 })
      .toBeLessThanOrEqual(ARRIVES_WITHIN_MS);
  console.log(
    `violation after its grace time: SSE ${await latenessMs(arrivals.sse)} ms, webhook ${await latenessMs(arrivals.webhook)} ms`,
  );
}, 400_000);

async function violationNow(): Promise<Violation> {
  const response = await page.request.get(`${demo.url}/api/violations/${found.violationId}`);
  return ((await response.json()) as { violation: Violation }).violation;
}

test('the inspector finds it on the board, and confirms it with one key', async () => {
  const { body } = await api.get<Violation[]>(`/api/violations?state=all&cameraId=${kitchen.id}`);
  const arrived = body.find(
    ({ violationId, stage }) => stage === 'new' && arrivals.sse.some((arrival) => arrival.violationId === violationId),
  );
  if (!arrived) throw new Error('what arrived is not on the board');
  found = arrived;
  await page.goto(`${demo.url}/kitchens?state=all&violation=${found.violationId}`);
  await page.locator(`[data-testid=violation-detail][data-violation="${found.violationId}"]`).waitFor();
  await page.keyboard.press('y');
  await expect.poll(async () => (await violationNow()).stage, { timeout: 20_000 }).toBe('confirmed');
});

test('its clip is made by itself, and plays on the board', async () => {
  await page.goto(`${demo.url}/kitchens?state=all&violation=${found.violationId}`);
  await page.locator('[data-testid=violation-detail][data-stage=confirmed]').waitFor();
  // The recording is closed once a minute, and making the clip takes some seconds of a busy machine.
  await page.locator('[data-testid=evidence-clip][data-state=ready]').waitFor({ timeout: 170_000 });
  await page.getByTestId('play-clip').click();
  const video = page.getByTestId('clip-video');
  await expect
    .poll(async () => await video.evaluate((film: HTMLVideoElement) => film.currentTime), { timeout: 30_000 })
    .toBeGreaterThan(1);
  const { seconds, width, error } = await video.evaluate((film: HTMLVideoElement) => ({
    seconds: film.duration,
    width: film.videoWidth,
    error: film.error?.message,
  }));
  expect({ width, error }).toEqual({ width: 1280, error: undefined });
  // The recording may begin within its range, when the demo has just begun.
  expect(seconds).toBeGreaterThan(9);
  expect(seconds).toBeLessThan(21);
  expect((await violationNow()).clip).toMatchObject({ state: 'ready', isBlurred: true });
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-clip.png') });
});

test('the kitchen is asked to put it right, and a link is there to hand on', async () => {
  await page.goto(`${demo.url}/kitchens?state=all&violation=${found.violationId}`);
  await page.locator('[data-testid=violation-detail][data-stage=confirmed]').waitFor();
  await page.getByTestId('remedy-ask').waitFor();
  await page.keyboard.press('r');
  await page.getByTestId('remedy-note').fill('请盖好桶盖');
  await page.getByTestId('remedy-send').click();
  await page.getByTestId('remedy-show-link').click();
  link = await page.getByTestId('remedy-link').inputValue();
  expect(link).toMatch(/\/remedy#[\w-]{72}$/);
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-remedy-asked.png') });
});

test('whoever has the link answers on a telephone, without an account, and sees nothing else', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', hasTouch: true });
  const phone = await context.newPage();
  phone.setDefaultTimeout(60_000);
  const asked: string[] = [];
  phone.on('request', (request) => asked.push(request.url()));
  await phone.goto(link);
  await phone.getByText('请盖好桶盖').waitFor();
  await phone.getByTestId('answer-picture').waitFor();
  const photo = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#7a4' } })
    .jpeg()
    .toBuffer();
  await phone.getByTestId('answer-photo').setInputFiles({ name: 'lid.jpg', mimeType: 'image/jpeg', buffer: photo });
  await phone.getByTestId('answer-text').fill('桶盖已盖好');
  await phone.screenshot({ path: path.join(OUTPUT, 'kitchen-remedy-phone.png') });
  await phone.getByTestId('answer-send').click();
  await phone.getByTestId('answer-received').waitFor();
  // Sent once: whoever opens it again sees that it has arrived.
  await phone.reload();
  await phone.getByTestId('answer-received').waitFor();
  expect(await phone.getByTestId('answer-send').count()).toBe(0);
  const token = link.split('#')[1] ?? '';
  expect(asked.some((url) => url.includes('/api/remedy'))).toBe(true);
  // The browser shows an address with its fragment; what goes over the line ends before it.
  expect(asked.filter((url) => (url.split('#')[0] ?? '').includes(token))).toEqual([]);
  await phone.goto(`${demo.url}/kitchens`);
  await phone.getByTestId('signin-username').waitFor();
  await context.close();
});

test('the inspector sees the answer with its photo, accepts it, and it is closed', async () => {
  await page.goto(`${demo.url}/kitchens?state=remedy&violation=${found.violationId}`);
  await page.locator('[data-testid=violation-detail][data-stage=answered]').waitFor();
  await page.getByText('桶盖已盖好').waitFor();
  const photo = page.getByTestId('remedy-photo');
  await photo.waitFor();
  await expect
    .poll(async () => await photo.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 20_000 })
    .toBe(1600);
  await page.getByTestId('recheck').click();
  await page.getByTestId('recheck-clear').click();
  await page.locator('[data-testid=violation-step][data-step=rechecked]').waitFor();
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-remedy-answered.png') });
  await page.keyboard.press('y');
  await page.locator('[data-testid=violation-detail][data-stage=accepted]').waitFor();
});

test('the report of the day counts it as closed', async () => {
  await page.goto(`${demo.url}/kitchens/report`);
  const row = page.locator(`[data-testid=report-row][data-camera="${found.cameraId}"]`);
  await row.waitFor();
  expect(await row.locator('[data-figure=closed]').textContent()).toBe('1');
  expect(await row.locator('[data-figure=overdue]').textContent()).toBe('0');
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-report.png') });
});

test('the same can be asked on the command line, beside the running server', async () => {
  await recorded(40_000 + OPEN_FILE_MS);
  const { segments } = await api.timeline(kitchen.id);
  // The newest file is still being written.
  const endMs = Date.parse(segments.at(-1)?.end ?? '') - OPEN_FILE_MS;
  const [from, end] = [endMs - 40_000, endMs].map((atMs) => new Date(atMs).toISOString());
  const main = path.join(import.meta.dirname, '../infra/cli/main.ts');
  const flags = ['--from', from ?? '', '--to', end ?? '', '--data', demo.dataFolder, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'kitchen', 'try', kitchen.id, ...flags]);
  const trial = JSON.parse(stdout) as KitchenTrial;
  expect(trial).toMatchObject({ state: 'done', from, to: end, notLookedAt: [], notJudged: [] });
  // Forty seconds of a scene that goes round in thirty.
  expect(trial.violations.map(({ item }) => item)).toContain('flame_unattended');
}, 600_000);

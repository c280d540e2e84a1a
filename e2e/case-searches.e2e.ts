import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem } from '#api/contract/common.ts';
import type { CaseDetail } from '#api/contract/cases.ts';
import type { MapArea, SightingPage, SightingSearch } from '#api/contract/sightings.ts';
import { demoRoads } from '#infra/demo/demo-city.ts';
import { type AllInOne, startAllInOne } from '#infra/processes/all-in-one.ts';
import { readSettings } from '#infra/processes/settings.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { cameraId } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import type { Storage } from '#storage/storage.ts';
import { sampleCamera, samplePlate, sampleSighting } from '#storage/testing/sample-events.ts';
import { launchBrowser, signIn } from './browser.ts';
import {
  CAMERAS,
  clock,
  type Company,
  commonTruth,
  convoyTruth,
  END_SECONDS,
  HOUR_MS,
  inside,
  PASSES,
  START_MS,
  WANTED,
  ZONE,
} from './case-passes.ts';

// The searches that exist only inside a case, and the part of the map as a bound.

const OUTPUT = path.join(import.meta.dirname, 'output');
const PATIENCE = { timeout: 60_000, interval: 200 };
const NUMBER = '演公（刑）2026-119';
let platform: AllInOne;
let folder: string;
let browser: Browser;
let page: Page;
let caseId = '';

async function fill(storage: Storage): Promise<void> {
  await storage.map.put(demoRoads());
  for (const { id, name, number, area, longitude, latitude } of CAMERAS)
    await storage.cameras.create(
      sampleCamera({
        ...{ name, number, area, longitude, latitude },
        // Nothing listens there: only what was put in is found.
        streams: [{ kind: 'main', url: 'rtsp://127.0.0.1:9/none' }],
        recording: recordingPolicy({ mode: 'off' }),
        analysis: { mode: 'off' },
      }),
      cameraId(id),
    );
  for (const { plate, camera, seconds, confidence } of PASSES) {
    const sighting = sampleSighting({
      plate: samplePlate(plate, { confidence }),
      cameraId: CAMERAS[camera]?.id ?? '',
      timeMs: START_MS + seconds * 1000,
    });
    const background = { r: 60 + camera * 15, g: 90, b: 160 - camera * 12 };
    const jpeg = await sharp({ create: { width: 320, height: 180, channels: 3, background } })
      .jpeg()
      .toBuffer();
    await storage.eventSink.emit(sighting, [{ key: sighting.pictureKey, jpeg }]);
  }
  await storage.writer.drain();
}

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-e2e-'));
  // As root the database runs as another user, which must be let in.
  await chmod(folder, 0o755);
  platform = await startAllInOne({
    settings: readSettings(process.env, {
      dataFolder: folder,
      defaultDataFolder: 'data',
      overrides: { api: { port: 0 } },
    }),
    isDemo: false,
    log: silentLog,
    onProgress: () => undefined,
    prepare: fill,
  });
  const administrator = platform.firstAdministrator;
  if (!administrator) throw new Error('there is no first administrator');
  browser = await launchBrowser();
  page = await browser.newPage({
    viewport: { width: 1920, height: 1080 },
    locale: 'zh-CN',
    timezoneId: ZONE.name,
  });
  page.setDefaultTimeout(PATIENCE.timeout);
  await signIn(page, `${platform.url}/cases`, administrator);
  await page.getByTestId('case-create').waitFor();
}, 400_000);

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function post<T>(address: string, data: object): Promise<{ readonly status: number; readonly body: T }> {
  const response = await page.request.post(`${platform.url}${address}`, { data, headers: { origin: platform.url } });
  return { status: response.status(), body: (await response.json()) as T };
}

/** Puts a time into a field as a person does who then goes on to the next. */
async function setTime(field: Locator, text: string): Promise<void> {
  await field.fill(text);
  await field.press('Tab');
}

const problem = (): Promise<string | null> => page.getByTestId('company-problem').textContent();

/** What the page shows of a result: plates with the camera and time of each pass, in the order they stand. */
async function shownVehicles(): Promise<{ plate: string; why: string; stations: string[][] }[]> {
  return await page.getByTestId('company-vehicle').evaluateAll((vehicles) =>
    vehicles.map((vehicle) => ({
      plate: vehicle.getAttribute('data-plate') ?? '',
      why: vehicle.querySelector('[data-testid=company-why]')?.textContent ?? '',
      stations: [...vehicle.querySelectorAll('.company-passes li')].map((pass) =>
        [...pass.querySelectorAll('span')].map((line) => line.textContent),
      ),
    })),
  );
}

/** How a station is written: camera, time and, of a convoy, how long before or after. */
function lines({ stations }: Company): string[][] {
  return stations.map(({ camera, seconds, after }) => [
    CAMERAS[camera]?.name ?? '',
    clock(seconds),
    ...(after === undefined ? [] : [after === 0 ? '同一秒' : `${after < 0 ? '早' : '晚'} ${Math.abs(after)} 秒`]),
  ]);
}

/** The middle of a camera's mark on the map, once the map stands still. */
async function markAt(camera: number): Promise<{ x: number; y: number }> {
  const mark = page.locator(`.map-marker[data-camera="${CAMERAS[camera]?.id}"]`);
  const middle = async () => {
    const box = await mark.boundingBox();
    return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  let before = '';
  await expect
    .poll(async () => {
      const now = JSON.stringify(await middle());
      const isStill = now === before && now !== 'null';
      before = now;
      return isStill;
    }, PATIENCE)
    .toBe(true);
  const place = await middle();
  if (!place) throw new Error(`no mark of camera ${camera}`);
  return place;
}

/**
 * Draws a rectangle around the marks of cameras with the mouse, after the button or with Shift held.
 * @returns all cameras whose marks stand in it, as they are seen
 */
async function drawAround(cameras: readonly number[], way: 'button' | 'shift'): Promise<number[]> {
  const places = [];
  for (const camera of cameras) places.push(await markAt(camera));
  const [left, right] = [Math.min(...places.map(({ x }) => x)) - 16, Math.max(...places.map(({ x }) => x)) + 16];
  const [top, bottom] = [Math.min(...places.map(({ y }) => y)) - 16, Math.max(...places.map(({ y }) => y)) + 16];
  const marks = await page.locator('.map-marker').evaluateAll((all) =>
    all.map((mark) => {
      const { x, y, width, height } = mark.getBoundingClientRect();
      return { id: mark.getAttribute('data-camera'), x: x + width / 2, y: y + height / 2 };
    }),
  );
  expect(marks).toHaveLength(CAMERAS.length);
  if (way === 'button') await page.getByTestId('map-draw').click();
  else await page.keyboard.down('Shift');
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move((left + right) / 2, (top + bottom) / 2, { steps: 3 });
  await page.mouse.move(right, bottom, { steps: 3 });
  await page.locator('.map-rubber').waitFor();
  await page.mouse.up();
  if (way === 'shift') await page.keyboard.up('Shift');
  return CAMERAS.flatMap(({ id }, index) =>
    marks.some((mark) => mark.id === id && mark.x > left && mark.x < right && mark.y > top && mark.y < bottom)
      ? [index]
      : [],
  );
}

async function allPicturesSeen(pictures: Locator): Promise<void> {
  await expect
    .poll(
      () =>
        pictures.evaluateAll((all) => all.every((one) => one instanceof HTMLImageElement && one.naturalWidth > 100)),
      PATIENCE,
    )
    .toBe(true);
}

test('a case needs a reason; once it is open, its searches are there', async () => {
  await page.getByTestId('case-create').click();
  await page.getByTestId('case-number').fill(NUMBER);
  await page.getByTestId('case-title').fill('伴随车辆核查');
  await page.getByTestId('case-reason').fill('查');
  expect(await page.getByTestId('case-save').isDisabled()).toBe(true);
  await page.getByTestId('case-reason').fill('核查与涉案车辆同行的车辆');
  await page.getByTestId('case-save').click();
  await page.getByTestId('case-detail').waitFor();
  caseId = new URL(page.url()).searchParams.get('case') ?? '';
  expect(caseId).not.toBe('');
  await page.getByTestId('case-tab-company').click();
  await page.getByTestId('convoy-run').waitFor();
});

test('a convoy is not asked for without a whole plate and a bounded time, and the page says which is missing', async () => {
  const from = page.getByLabel('从', { exact: true });
  const to = page.getByLabel('到', { exact: true });
  expect(await problem()).toContain('完整车牌');
  expect(await page.getByTestId('convoy-run').isDisabled()).toBe(true);
  await page.getByTestId('convoy-plate').fill('皖A12?45');
  expect(await problem()).toContain('完整车牌');
  await page.getByTestId('convoy-plate').fill(WANTED);
  await setTime(to, clock(END_SECONDS));
  await setTime(from, clock(END_SECONDS - 25 * 3600));
  await expect.poll(problem, PATIENCE).toContain('最长 24 小时');
  await setTime(from, clock(END_SECONDS + 1));
  await expect.poll(problem, PATIENCE).toContain('晚于');
  await setTime(from, clock(0));
  await page.getByTestId('company-problem').waitFor({ state: 'detached' });
  expect(await page.getByTestId('convoy-run').isEnabled()).toBe(true);

  // What the page does not send the server refuses too, in words.
  const long = { plate: WANTED, withinSeconds: 120, minCameras: 3, from: new Date(START_MS - 24 * HOUR_MS) };
  const refused = await post<Problem>(`/api/cases/${caseId}/convoy`, { ...long, to: new Date(START_MS + HOUR_MS) });
  expect(refused).toMatchObject({ status: 400, body: { code: 'CASE_QUESTION_TOO_WIDE' } });
  expect(refused.body.titleZh).toContain('24 小时');
});

test('the convoy of a plate is who passed the same cameras close by, with where and how far apart', async () => {
  const truth = convoyTruth(WANTED, 120, 3);
  // The two that were made for it; what is not sure, late or at two cameras only is not among them.
  expect(truth.map(({ plate }) => plate)).toEqual(['皖A20002', '皖A30003']);
  await page.getByTestId('convoy-run').click();
  await page.getByTestId('company-result').waitFor();
  expect(await page.getByTestId('company-result').textContent()).toContain(WANTED);
  const shown = await shownVehicles();
  expect(shown.map(({ plate }) => plate)).toEqual(truth.map(({ plate }) => plate));
  expect(shown.map(({ stations }) => stations)).toEqual(truth.map(lines));
  expect(shown[0]?.why).toBe('同经 4 台摄像机，相隔 15 到 30 秒');
  expect(shown[1]?.why).toBe('同经 3 台摄像机，相隔 60 到 100 秒');
  await allPicturesSeen(page.locator('.company-passes img'));
  await page.screenshot({ path: path.join(OUTPUT, 'case-convoy.png') });

  // A closer bound leaves one, a bound that nobody meets leaves none, and that is said.
  await page.getByLabel('相隔不超过（秒）').fill('30');
  await page.getByTestId('convoy-run').click();
  const closer = convoyTruth(WANTED, 30, 3).map(({ plate }) => plate);
  expect(closer).toHaveLength(1);
  await expect.poll(async () => (await shownVehicles()).map(({ plate }) => plate), PATIENCE).toEqual(closer);
  await page.getByLabel('至少相同摄像机').fill('5');
  await page.getByTestId('convoy-run').click();
  expect(convoyTruth(WANTED, 30, 5)).toEqual([]);
  await page.getByText('没有车辆在这些条件下伴随').waitFor();
  expect(await page.getByTestId('company-vehicle').count()).toBe(0);
});

test('common places are not asked for before each has cameras and a time; two that overlap are refused in words', async () => {
  await page.getByTestId('company-common').click();
  expect(await problem()).toContain('地点 1：选择摄像机');
  expect(await page.getByTestId('common-run').isDisabled()).toBe(true);
  const places = page.locator('.common-place');
  for (const index of [0, 1]) {
    await setTime(places.nth(index).getByLabel('从', { exact: true }), clock(0));
    await setTime(places.nth(index).getByLabel('到', { exact: true }), clock(END_SECONDS));
  }
  await chooseCamera(places.nth(0), 0);
  await expect.poll(problem, PATIENCE).toContain('地点 2：选择摄像机');
  await chooseCamera(places.nth(1), 0);
  await page.getByTestId('company-problem').waitFor({ state: 'detached' });
  await page.getByTestId('common-run').click();
  await page.getByRole('alert').filter({ hasText: 'CASE_PLACES_OVERLAP' }).waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('互不重叠');
  expect(await page.getByTestId('company-result').count()).toBe(0);
  await setTime(places.nth(1).getByLabel('到', { exact: true }), clock(25 * 3600));
  await expect.poll(problem, PATIENCE).toContain('地点 2：时间最长 24 小时');
});

/** Ticks one camera in a place's list, and closes the list. */
async function chooseCamera(place: Locator, camera: number): Promise<void> {
  await place.locator('.pick > button').click();
  await place
    .locator('.pick-menu label')
    .filter({ hasText: CAMERAS[camera]?.name ?? '' })
    .first()
    .click();
  await page.keyboard.press('Escape');
  await place.locator('.pick-menu').waitFor({ state: 'detached' });
}

test('common to a camera and a part of the map is who was at both within their times', async () => {
  const places = page.locator('.common-place');
  await setTime(places.nth(0).getByLabel('从', { exact: true }), clock(500));
  await setTime(places.nth(0).getByLabel('到', { exact: true }), clock(1000));
  await setTime(places.nth(1).getByLabel('从', { exact: true }), clock(1100));
  await setTime(places.nth(1).getByLabel('到', { exact: true }), clock(3000));
  const drawn = await drawAround([2, 3], 'button');
  await places
    .nth(1)
    .getByText(/地图区域 .* km²/)
    .waitFor();
  const asked = page.waitForRequest((request) => request.url().endsWith('/common'));
  await page.getByTestId('common-run').click();
  const body = (await asked).postDataJSON() as { places: { area?: MapArea; cameraIds?: string[] }[] };
  const area = body.places[1]?.area;
  expect(body.places[0]?.cameraIds).toEqual([CAMERAS[0]?.id]);
  if (!area) throw new Error(JSON.stringify(body));
  expect(inside(area)).toEqual(drawn);
  expect(drawn).toEqual(expect.arrayContaining([2, 3]));
  const truth = commonTruth([
    { cameras: [0], from: 500, to: 1000 },
    { cameras: inside(area), from: 1100, to: 3000 },
  ]);
  expect(truth.map(({ plate }) => plate)).toEqual(expect.arrayContaining([WANTED, '皖A20002', '皖A30003', '皖A50005']));
  expect(truth.map(({ plate }) => plate)).not.toContain('皖A40004');
  expect(truth.map(({ plate }) => plate)).not.toContain('皖A70007');
  await page.getByTestId('company-result').waitFor();
  const byPlate = (a: { plate: string }, b: { plate: string }) => a.plate.localeCompare(b.plate);
  const shown = (await shownVehicles()).sort(byPlate);
  expect(shown.map(({ plate, stations }) => ({ plate, stations }))).toEqual(
    truth.sort(byPlate).map((one) => ({ plate: one.plate, stations: lines(one) })),
  );
  expect(shown[0]?.why).toBe('在全部 2 处出现过');
  await allPicturesSeen(page.locator('.company-passes img').locator('visible=true'));
  await page.screenshot({ path: path.join(OUTPUT, 'case-common.png') });

  await setTime(places.nth(0).getByLabel('到', { exact: true }), clock(501));
  await page.getByTestId('common-run').click();
  await page.getByText('没有车牌在所有这些地点都出现').waitFor();
});

test('what was found goes into the case, and the case remembers who asked what', async () => {
  await page.getByTestId('company-convoy').click();
  await page.getByTestId('convoy-plate').fill(WANTED);
  await setTime(page.getByLabel('从', { exact: true }), clock(0));
  await setTime(page.getByLabel('到', { exact: true }), clock(END_SECONDS));
  await page.getByTestId('convoy-run').click();
  await page.getByTestId('company-vehicle').first().getByRole('button', { name: '存入案件' }).click();
  await page.getByTestId('keep-note').fill('全程同行');
  await page.getByTestId('keep-save').click();
  await page.getByTestId('keep-note').waitFor({ state: 'detached' });
  const response = await page.request.get(`${platform.url}/api/cases/${caseId}`);
  const detail = (await response.json()) as CaseDetail;
  expect(detail.items.map(({ sighting }) => sighting?.plate?.text)).toEqual(
    Array.from({ length: 4 }, () => '皖A20002'),
  );
  expect(detail.items.every(({ note }) => note === '全程同行')).toBe(true);
  await page.getByTestId('case-tab-history').click();
  const rows = page.getByTestId('case-history-row');
  await rows.filter({ hasText: '查伴随车辆' }).first().waitFor();
  expect(await rows.filter({ hasText: '查伴随车辆' }).first().textContent()).toContain(WANTED);
  // The two that were answered; a question that is not well put is none.
  await expect.poll(() => rows.filter({ hasText: '查共同出现' }).count(), PATIENCE).toBe(2);
});

test('a part drawn on the map bounds the search to the cameras in it, and only while it is there', async () => {
  await page.getByTestId('case-search').click();
  await page.getByTestId('case-chip').filter({ hasText: NUMBER }).waitFor();
  const address = new URL(page.url());
  address.searchParams.set('from', new Date(START_MS).toISOString());
  address.searchParams.set('to', new Date(START_MS + 3000 * 1000).toISOString());
  await page.goto(address.toString());
  const all = PASSES.filter(({ seconds }) => seconds <= 3000);
  const count = () => page.getByTestId('result-count').textContent();
  expect(all.length).toBeLessThan(100);
  await expect.poll(count, PATIENCE).toBe(`${all.length} 条`);

  const answered = page.waitForResponse((response) => {
    const body: unknown = response.url().endsWith('/api/sightings/search') ? response.request().postDataJSON() : {};
    return typeof body === 'object' && body !== null && 'area' in body;
  });
  const drawn = await drawAround([0, 1], 'shift');
  const answer = await answered;
  const { area, caseId: askedFor } = answer.request().postDataJSON() as SightingSearch;
  if (!area) throw new Error('asked without an area');
  const cameras = inside(area);
  expect(askedFor).toBe(caseId);
  expect(cameras).toEqual(drawn);
  expect(cameras).toEqual(expect.arrayContaining([0, 1]));
  // Something is left out, else the bound would show nothing.
  expect(cameras.length).toBeLessThan(CAMERAS.length);
  const truth = all
    .filter(({ camera }) => cameras.includes(camera))
    .map(({ plate, camera, seconds }) => `${clock(seconds)} ${plate} ${CAMERAS[camera]?.name}`)
    .sort((a, b) => a.localeCompare(b));
  expect(truth.length).toBeGreaterThan(0);
  expect(truth.length).toBeLessThan(all.length);
  await expect.poll(count, PATIENCE).toBe(`${truth.length} 条`);
  const { sightings } = (await answer.json()) as SightingPage;
  const found = sightings.map(({ time, plate, cameraName }) => {
    const seconds = (Date.parse(time) - START_MS) / 1000;
    return `${clock(seconds)} ${plate?.text} ${cameraName}`;
  });
  expect(found.sort((a, b) => a.localeCompare(b))).toEqual(truth);
  // What is in sight of the list, and the marks with passes, are of these cameras alone.
  const names = cameras.map((camera) => CAMERAS[camera]?.name ?? '');
  const rows = await page
    .getByTestId('result-row')
    .evaluateAll((all) => all.map((row) => row.querySelector('.result-open')?.getAttribute('aria-label') ?? ''));
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.filter((row) => !names.some((name) => row.endsWith(` ${name}`)))).toEqual([]);
  const marked = await page
    .locator('.map-marker.hit')
    .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('data-camera')));
  expect(new Set(marked)).toEqual(
    new Set(all.filter(({ camera }) => cameras.includes(camera)).map(({ camera }) => CAMERAS[camera]?.id)),
  );
  await page.locator('[data-testid=search-chip][data-kind=area]').waitFor();
  await page.screenshot({ path: path.join(OUTPUT, 'case-area.png') });

  await page.getByRole('button', { name: '取消框选' }).click();
  await expect.poll(count, PATIENCE).toBe(`${all.length} 条`);
  expect(new URL(page.url()).searchParams.has('area')).toBe(false);
});

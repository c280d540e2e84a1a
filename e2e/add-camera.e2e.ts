import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { openDatabase } from '#storage/database.ts';
import { runningDatabaseUrl } from '#storage/embedded/running-database.ts';
import { UserRepository } from '#storage/users/user-repository.ts';
import { ApiSession } from './api-session.ts';
import { launchBrowser, signIn } from './browser.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';
import { type SimulatorProcess, startSimulator } from './simulator-process.ts';

const PASSWORD = 'right-pass-1';

let demo: DemoProcess;
let simulator: SimulatorProcess;
let browser: Browser;
let page: Page;
/** host:port, as a person would type it. */
let address: string;

beforeAll(async () => {
  [demo, simulator, browser] = await Promise.all([
    startDemo({ cameras: 1 }),
    startSimulator({ cameras: 1, username: 'admin', password: PASSWORD }),
    launchBrowser(),
  ]);
  address = new URL(simulator.onvifUrls[0] ?? '').host;
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' });
  await signIn(page, `${demo.url}/cameras`, demo);
  await page.getByTestId('camera-row').first().waitFor();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await simulator?.stop();
  await demo?.stop();
  await demo?.removeData();
});

async function addUser(username: string, password: string): Promise<void> {
  const url = await runningDatabaseUrl(path.join(demo.dataFolder, 'postgres'));
  const db = openDatabase({ url: url ?? '', connections: 1, statementTimeoutMs: 10_000, log: silentLog });
  await new UserRepository({ db, clock: systemClock }).create({ username, role: 'operator', password });
  await db.destroy();
}

test('a wrong password stops at the sign-in, with the sentence and its remedy', async () => {
  await page.getByTestId('camera-add').click();
  await page.getByTestId('add-url').fill(address);
  await page.getByTestId('add-username').fill('admin');
  await page.getByTestId('add-password').fill('wrong-pass-1');
  await page.getByTestId('add-connect').click();
  const why = page.getByTestId('probe-why');
  await why.waitFor();
  const said = await why.textContent();
  expect(said).toContain('摄像机拒绝了 ONVIF 用户名或密码');
  expect(said).toContain('ONVIF_AUTH_REJECTED');
  const okOf = (step: string) => page.getByTestId(`probe-${step}`).getAttribute('data-ok');
  expect([await okOf('reached'), await okOf('onvif'), await okOf('signed_in'), await okOf('picture')]).toEqual([
    'true',
    'true',
    'false',
    null,
  ]);
  expect(await page.getByTestId('add-save').count()).toBe(0);
});

test('with the right one the camera is found, added with one press, and goes live', async () => {
  await page.getByTestId('add-password').fill(PASSWORD);
  await page.getByTestId('add-connect').click();
  const found = page.getByTestId('found-camera');
  await found.waitFor({ timeout: 60_000 });
  await found.locator('img.found-picture').waitFor();
  expect(await found.textContent()).toMatch(/H\.264 · \d+ × \d+/);
  const name = await page.getByTestId('add-name').inputValue();
  expect(name).toContain('127.0.0.1');
  await page.getByTestId('add-save').click();
  await page.getByTestId('found-camera').waitFor({ state: 'detached' });

  const row = page.getByTestId('camera-row').filter({ hasText: name });
  await row.waitFor();
  await expect.poll(() => row.getAttribute('data-status'), { timeout: 60_000, interval: 200 }).toBe('live');
  const cameras = (await (await page.request.get(`${demo.url}/api/cameras`)).json()) as Camera[];
  const added = cameras.find((camera) => camera.name === name);
  expect(added).toMatchObject({ hasPassword: true, username: 'admin' });
  expect(added?.onvif?.serviceUrl).toContain(address);
  expect(JSON.stringify(cameras)).not.toContain(PASSWORD);
});

test('its presets and its picture are set beside the live picture; while somebody else steers, the page says who', async () => {
  const cameras = (await (await page.request.get(`${demo.url}/api/cameras`)).json()) as Camera[];
  const id = cameras.find(({ onvif }) => onvif?.hasPtz)?.id ?? '';
  const at = `${demo.url}/api/cameras/${id}`;
  await page.goto(`${demo.url}/cameras?camera=${id}`);
  await page.getByTestId('presets-edit').click();
  const editor = page.getByTestId('preset-editor');
  await editor.getByPlaceholder('新预置位名称').fill('北门');
  await editor.getByRole('button', { name: '保存当前位置' }).click();
  const nameOf = (name: string) => editor.getByLabel(`预置位 ${name} 的名称`);
  await nameOf('北门').fill('南门');
  await editor.getByRole('button', { name: '保存', exact: true }).click();
  await nameOf('南门').waitFor();
  expect(await (await page.request.get(`${at}/presets`)).json()).toMatchObject([{ name: '南门' }]);

  await page.getByText('图像', { exact: true }).click();
  const imaging = page.getByTestId('imaging');
  await imaging.getByLabel('亮度').fill('71');
  await imaging.getByLabel('亮度').blur();
  await imaging.getByRole('button', { name: '夜间' }).click();
  const settings = async () => (await (await page.request.get(`${at}/imaging`)).json()) as { settings: object };
  await expect.poll(settings, { timeout: 20_000 }).toMatchObject({ settings: { brightness: 71, irCutFilter: 'OFF' } });

  const [username, password] = ['wang', 'a password that is long enough'];
  await addUser(username, password);
  const other = new ApiSession(demo.url);
  await other.signIn(username, password);
  await page.request.delete(`${at}/ptz-lock`);
  const steer = () => other.post(`/api/cameras/${id}/ptz`, { action: 'continuous', pan: 0.2, durationMs: 10_000 });
  expect((await steer()).status).toBe(204);
  const holder = page.getByTestId('ptz-holder');
  await expect.poll(() => holder.textContent(), { timeout: 20_000 }).toContain('wang 正在控制');
  await holder.getByRole('button', { name: '接管' }).click();
  await expect.poll(() => holder.textContent(), { timeout: 20_000 }).toContain('您正在控制');
  expect((await steer()).body).toMatchObject({ code: 'PTZ_IN_USE', holder: demo.username });
});

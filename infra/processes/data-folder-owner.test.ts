import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownDataFolder } from './data-folder-owner.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-owner-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a data folder has one owner at a time', async () => {
  const giveFree = await ownDataFolder(folder);
  await expect(ownDataFolder(folder)).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    context: { pid: process.pid },
  });
  await giveFree();
  await (await ownDataFolder(folder))();
});

test('an owner that died, or whose number belongs to another program by now, is none', async () => {
  await writeFile(path.join(folder, 'process'), `${process.pid} 12345\n`);
  await (await ownDataFolder(folder))();
  await writeFile(path.join(folder, 'process'), '');
  await (await ownDataFolder(folder))();
});

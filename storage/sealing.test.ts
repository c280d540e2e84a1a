import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSealing, sealingWith } from './sealing.ts';

const sealing = sealingWith(Buffer.alloc(32, 1));
const broken = expect.objectContaining({ code: 'SEAL_BROKEN' });

test('opens what it sealed, and seals the same secret differently each time', () => {
  const [one, other] = [sealing.seal('秘密', 'camera:1'), sealing.seal('秘密', 'camera:1')];
  expect(sealing.unseal(one, 'camera:1')).toBe('秘密');
  expect(one.equals(other)).toBe(false);
  expect(one.includes(Buffer.from('秘密'))).toBe(false);
});

test('refuses a secret that was changed, cut, moved to another place or sealed with another key', () => {
  const sealed = sealing.seal('secret', 'camera:1');
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index]! ^= 1;
    expect(() => sealing.unseal(changed, 'camera:1')).toThrow(broken);
  }
  expect(() => sealing.unseal(sealed.subarray(0, 20), 'camera:1')).toThrow(broken);
  expect(() => sealing.unseal(Buffer.alloc(0), 'camera:1')).toThrow(broken);
  expect(() => sealing.unseal(sealed, 'camera:2')).toThrow(broken);
  expect(() => sealingWith(Buffer.alloc(32, 2)).unseal(sealed, 'camera:1')).toThrow(broken);
});

test('the key is made once, readable by its owner only', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-key-'));
  try {
    const sealed = (await openSealing(folder)).seal('secret', 'x');
    expect((await openSealing(folder)).unseal(sealed, 'x')).toBe('secret');
    const file = path.join(folder, 'sealing.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await writeFile(file, 'short');
    await expect(openSealing(folder)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

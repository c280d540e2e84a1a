import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { checkListening } from './listening.ts';

test('a port that another program has is told by its number, a free one is left free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const place = { host: '127.0.0.1', port: address.port };
  await expect(checkListening(place)).rejects.toMatchObject({ code: 'API_PORT_IN_USE', context: { port: place.port } });
  other.close();
  await once(other, 'close');
  await checkListening(place);
  await checkListening(place);
});

test('an address that is not of this machine is refused in plain words', async () => {
  await expect(checkListening({ host: '203.0.113.7', port: 0 })).rejects.toMatchObject({ code: 'API_CANNOT_LISTEN' });
});

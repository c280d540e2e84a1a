import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** Stands before the database server, so that a test can take it away and give it back. */
export interface DatabaseProxy {
  /** The server, by way of the proxy. */
  readonly url: string;
  /** As if the server had died: connections break, new ones are refused. */
  cut(): Promise<void>;
  /** As if the network swallowed all: connections stand, and nothing comes any more. */
  hang(): void;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function openDatabaseProxy(serverUrl: string): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port || 5432), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
      if (isHanging) socket.pause();
    }
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (data) => to.write(data));
      from.on('close', () => to.destroy());
      if (isHanging) from.pause();
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = `${own}`;
  const cut = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: url.href,
    cut,
    hang() {
      isHanging = true;
      for (const socket of sockets) socket.pause();
    },
    async restore() {
      isHanging = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen(own);
    },
    close: cut,
  };
}

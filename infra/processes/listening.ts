import { once } from 'node:events';
import { createServer } from 'node:net';
import { apiErrors } from '#api/errors.ts';
import type { AppError } from '#infra/runtime/app-error.ts';

/**
 * Tells before anything is started whether the pages can be served there.
 * @throws {AppError} `API_PORT_IN_USE`, `API_CANNOT_LISTEN`
 */
export async function checkListening(address: { readonly host: string; readonly port: number }): Promise<void> {
  const server = createServer();
  try {
    server.listen({ ...address, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw toListenError(error, address);
  }
  server.close();
  await once(server, 'close');
}

export function toListenError(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return code === 'EADDRINUSE'
    ? apiErrors.API_PORT_IN_USE({ port }, error)
    : apiErrors.API_CANNOT_LISTEN({ address: host, port, reason: code }, error);
}

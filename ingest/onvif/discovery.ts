import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Clock } from '#infra/runtime/clock.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { ingestErrors } from '../errors.ts';
import { type DiscoveredDevice, readProbeMatches, writeProbe } from './discovery-message.ts';

export interface DiscoveryOptions {
  /** How long answers are collected. */
  readonly durationMs: number;
  /** Name of one network interface; all IPv4 ones but loopback when left out. */
  readonly interfaceName?: string | undefined;
  /** Ask this host alone, without multicast. */
  readonly address?: string | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** @default 3702 */
  readonly port?: number | undefined;
}

export const DISCOVERY_GROUP = '239.255.255.250';
export const DISCOVERY_PORT = 3702;
const TYPES = ['dn:NetworkVideoTransmitter', 'tds:Device'] as const;
/** A datagram may be lost: the question is asked again, as WS-Discovery advises. */
const REPEAT_AFTER_MS = [0, 300, 1000];
const MAX_DATAGRAM_BYTES = 65_536;
const MAX_DATAGRAMS = 20_000;
const MAX_DEVICES = 5000;

/**
 * Searches the local network for ONVIF devices (WS-Discovery over UDP, IPv4). Each device once, by its endpoint reference; answers beyond the
 * bounds are dropped.
 *
 * @throws {AppError} `DISCOVERY_IMPOSSIBLE`
 * @see WS-Discovery 1.1, ONVIF Core Specification §7
 */
export async function discoverDevices(options: DiscoveryOptions): Promise<readonly DiscoveredDevice[]> {
  const { clock, signal, durationMs, address, port = DISCOVERY_PORT } = options;
  const target = address ?? DISCOVERY_GROUP;
  const locals = address === undefined ? localAddresses(options.interfaceName) : [undefined];
  const found = new Map<string, DiscoveredDevice>();
  let datagrams = 0;
  const take = (datagram: Buffer, from: string): void => {
    if (++datagrams > MAX_DATAGRAMS || datagram.length > MAX_DATAGRAM_BYTES) return;
    for (const device of readProbeMatches(datagram, from)) {
      if (found.size < MAX_DEVICES || found.has(device.endpointReference)) merge(found, device);
    }
  };
  const opened = await Promise.allSettled(locals.map((local) => openSocket(local, take)));
  const sockets = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    let sent = 0;
    const startedMs = clock.monotonicMs();
    for (const afterMs of REPEAT_AFTER_MS) {
      const waitMs = afterMs - (clock.monotonicMs() - startedMs);
      if (afterMs >= durationMs || signal?.aborted) break;
      if (waitMs > 0) await sleep(waitMs, clock, signal);
      for (const socket of sockets) for (const type of TYPES) sent += await ask(socket, type, { target, port });
    }
    if (sent === 0 && !signal?.aborted)
      throw ingestErrors.DISCOVERY_IMPOSSIBLE({ interface: options.interfaceName, address });
    await sleep(durationMs - (clock.monotonicMs() - startedMs), clock, signal);
  } finally {
    for (const socket of sockets) socket.close();
  }
  return [...found.values()].toSorted((a, b) => a.address.localeCompare(b.address, 'en', { numeric: true }));
}

function localAddresses(interfaceName: string | undefined): readonly string[] {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? [])
      .filter(
        ({ family, internal }) =>
          family === 'IPv4' && (interfaceName === undefined ? !internal : name === interfaceName),
      )
      .map(({ address }) => address),
  );
  if (addresses.length === 0) throw ingestErrors.DISCOVERY_IMPOSSIBLE({ interface: interfaceName });
  return addresses;
}

async function openSocket(local: string | undefined, take: (datagram: Buffer, from: string) => void): Promise<Socket> {
  const socket = createSocket('udp4');
  // An unreachable host or network shows up here; what matters is who answers.
  socket.on('error', () => undefined);
  socket.on('message', (datagram, { address }) => take(datagram, address));
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ port: 0, ...(local === undefined ? {} : { address: local }) }, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    if (local !== undefined) socket.setMulticastInterface(local);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** @returns 1 when the question left this machine, else 0 */
function ask(
  socket: Socket,
  type: (typeof TYPES)[number],
  { target, port }: { readonly target: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve) => {
    socket.send(writeProbe(randomUUID(), type), port, target, (error) => resolve(error ? 0 : 1));
  });
}

/** A device answers on every network and for every type that it knows. */
function merge(found: Map<string, DiscoveredDevice>, device: DiscoveredDevice): void {
  const known = found.get(device.endpointReference);
  found.set(
    device.endpointReference,
    known
      ? { ...known, serviceUrls: [...new Set([...known.serviceUrls, ...device.serviceUrls])].slice(0, 16) }
      : device,
  );
}

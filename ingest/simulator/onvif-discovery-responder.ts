import { createSocket, type Socket } from 'node:dgram';
import { randomUUID } from 'node:crypto';
import { ingestErrors } from '../errors.ts';
import { DISCOVERY_GROUP, DISCOVERY_PORT } from '../onvif/discovery.ts';
import { DISCOVERY_NAMESPACES } from '../onvif/discovery-message.ts';
import { descendants, escapeXml, find, parseXml, textAt } from '../onvif/xml.ts';
import type { SimulatedOnvifDevice } from './onvif-device.ts';

export interface DiscoveryResponderOptions {
  readonly devices: readonly Pick<SimulatedOnvifDevice, 'announcement'>[];
  /** IPv4 address of the interface. @default 127.0.0.1 */
  readonly bind?: string;
  /** 0 takes any free one. @default 3702 */
  readonly port?: number;
}

const TYPES = ['NetworkVideoTransmitter', 'Device'];

/** Answers searches for simulated devices: multicast on one interface, and unicast. @see WS-Discovery 1.1 §5 */
export class OnvifDiscoveryResponder {
  readonly #options: DiscoveryResponderOptions;
  #sockets: readonly Socket[] = [];

  constructor(options: DiscoveryResponderOptions) {
    this.#options = options;
  }

  /** @throws {AppError} `SIMULATOR_PORT_BUSY` */
  async start(): Promise<{ readonly port: number }> {
    const { bind = '127.0.0.1', port = DISCOVERY_PORT } = this.#options;
    const single = await bindSocket(bind, port);
    this.#sockets = [single];
    const bound = single.address().port;
    // A socket of one address gets nothing that goes to the group, and one of the group nothing else.
    const group = await bindSocket(DISCOVERY_GROUP, bound);
    this.#sockets = [single, group];
    group.addMembership(DISCOVERY_GROUP, bind === '0.0.0.0' ? undefined : bind);
    for (const socket of this.#sockets) {
      socket.on('message', (datagram, { address, port: from }) => {
        for (const answer of this.#answersTo(datagram)) single.send(answer, from, address, () => undefined);
      });
    }
    return { port: bound };
  }

  async close(): Promise<void> {
    const sockets = this.#sockets;
    this.#sockets = [];
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  #answersTo(datagram: Buffer): readonly string[] {
    let id: string | undefined;
    try {
      const envelope = parseXml(datagram.toString('utf8'), { maxLength: 65_536, maxDepth: 24, maxNodes: 500 });
      const probe = descendants(envelope, 'Probe')[0];
      const wanted = (find(probe, 'Types')?.text ?? '').split(/\s+/).map((type) => type.slice(type.indexOf(':') + 1));
      if (!probe || !wanted.every((type) => type === '' || TYPES.includes(type))) return [];
      id = textAt(find(envelope, 'Header'), 'MessageID');
    } catch {
      return [];
    }
    return this.#options.devices.map(({ announcement }) => writeProbeMatch(announcement, id ?? ''));
  }
}

async function bindSocket(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => reject(ingestErrors.SIMULATOR_PORT_BUSY({ port }, error)));
    socket.bind({ address, port }, resolve);
  });
  socket.on('error', () => undefined);
  return socket;
}

function writeProbeMatch(device: SimulatedOnvifDevice['announcement'], relatesTo: string): string {
  const { addressing, discovery, network, device: deviceNamespace } = DISCOVERY_NAMESPACES;
  return (
    `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="${addressing}"` +
    ` xmlns:d="${discovery}" xmlns:dn="${network}" xmlns:tds="${deviceNamespace}"><s:Header>` +
    `<a:MessageID>urn:uuid:${randomUUID()}</a:MessageID><a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo>` +
    `<a:To>${addressing}/role/anonymous</a:To><a:Action>${discovery}/ProbeMatches</a:Action></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>` +
    `<a:EndpointReference><a:Address>${device.endpointReference}</a:Address></a:EndpointReference>` +
    `<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>${escapeXml(device.scopes.join(' '))}</d:Scopes>` +
    `<d:XAddrs>${escapeXml(device.address)}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>` +
    '</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>'
  );
}

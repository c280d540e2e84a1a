import { createSocket, type Socket } from 'node:dgram';
import net from 'node:net';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import { JitterBuffer } from '../rtp/jitter-buffer.ts';
import { isRtcp, parseRtcp } from '../rtp/rtcp.ts';
import { writeRtpHeader } from '../rtp/rtp-packet.ts';
import type { PacketTaker, TrackLink } from './track-plan.ts';
import type { PortPair, TransportAnswer } from './transport-header.ts';

export interface UdpLinkOptions {
  /** Of the RTSP connection: packets are taken at this address, and from that one. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly taker: PacketTaker;
  readonly clock: Clock;
}

/** A burst of a large key frame must find room while we do something else. The system may give less. */
const RECEIVE_BUFFER_SIZE_BYTES = 4 * 1024 * 1024;
const MAX_PAIR_TRIES = 20;
/** Two sockets have no common order: a goodbye is taken in when the last packets had time to be read. */
const GOODBYE_DELAY_MS = 200;
/** An empty receiver report (RFC 3550 §6.4.2): opens the way of the reports through a firewall. */
const EMPTY_REPORT = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]);

/** The packets of one track as datagrams to a pair of ports of ours. */
export class UdpLink implements TrackLink {
  readonly transport = 'udp' as const;
  readonly ports: PortPair;
  readonly #options: UdpLinkOptions;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #jitter: JitterBuffer;
  readonly #sources: Set<string>;
  #serverPorts: PortPair | undefined;
  #timer: { cancel(): void } | undefined;
  #goodbye: { cancel(): void } | undefined;
  #isClosed = false;

  private constructor(options: UdpLinkOptions, [rtp, rtcp]: readonly [Socket, Socket]) {
    this.#options = options;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#sources = new Set([plainAddress(options.remoteAddress)]);
    this.ports = { rtp: rtp.address().port, rtcp: rtcp.address().port };
    this.#jitter = new JitterBuffer((bytes) => options.taker.takeRtp(bytes));
    rtp.on('message', (bytes, from) => this.#take(bytes, from.address));
    rtcp.on('message', (bytes, from) => this.#take(bytes, from.address));
    // A closed port at the other end is told by ICMP; the RTSP connection tells it better.
    for (const socket of [rtp, rtcp]) socket.on('error', () => undefined);
  }

  /** @throws {AppError} `RTSP_TRANSPORT_REFUSED` when no pair of ports is free */
  static async open(options: UdpLinkOptions): Promise<UdpLink> {
    return new UdpLink(options, await bindPair(options.localAddress));
  }

  /** Where the camera said it sends from. Says hello there, so that firewalls on the way let its packets in. */
  aim({ serverPorts, source }: TransportAnswer): void {
    // Behind address translation cameras name their inner address; it can do no harm beside the real one.
    if (source !== undefined && net.isIP(source)) this.#sources.add(plainAddress(source));
    this.#serverPorts = serverPorts;
    this.greet();
  }

  /** An empty packet to each of the camera's ports. */
  greet(): void {
    if (!this.#serverPorts) return;
    const hello = Buffer.alloc(12);
    writeRtpHeader(hello, 0, { marker: false, payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0 });
    this.#send(this.#rtp, hello, this.#serverPorts.rtp);
    this.#send(this.#rtcp, EMPTY_REPORT, this.#serverPorts.rtcp);
  }

  sendRtcp(bytes: Buffer): void {
    if (this.#serverPorts) this.#send(this.#rtcp, bytes, this.#serverPorts.rtcp);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#goodbye?.cancel();
    this.#jitter.flush();
    this.#rtp.close();
    this.#rtcp.close();
  }

  #send(socket: Socket, bytes: Buffer, port: number): void {
    if (this.#isClosed || port === 0) return;
    socket.send(bytes, port, this.#options.remoteAddress, () => undefined);
  }

  #take(bytes: Buffer, from: string): void {
    if (this.#isClosed || !this.#sources.has(plainAddress(from))) return;
    if (isRtcp(bytes)) {
      this.#takeRtcp(bytes);
      return;
    }
    this.#jitter.push(bytes, this.#options.clock.monotonicMs());
    this.#expireLater();
  }

  #takeRtcp(bytes: Buffer): void {
    const { clock, taker } = this.#options;
    if (!parseRtcp(bytes).some(({ kind }) => kind === 'bye')) {
      taker.takeRtcp(bytes);
      return;
    }
    this.#goodbye ??= clock.setTimeout(() => {
      this.#jitter.flush();
      taker.takeRtcp(bytes);
    }, GOODBYE_DELAY_MS);
  }

  #expireLater(): void {
    const dueMs = this.#jitter.dueMs;
    if (dueMs === undefined || this.#timer) return;
    const { clock } = this.#options;
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = undefined;
        if (this.#isClosed) return;
        this.#jitter.expire(clock.monotonicMs());
        this.#expireLater();
      },
      Math.max(1, dueMs - clock.monotonicMs()),
    );
  }
}

/** An even port and the odd one after it (RFC 3550 §11). */
async function bindPair(address: string): Promise<readonly [Socket, Socket]> {
  for (let tries = 0; tries < MAX_PAIR_TRIES; tries++) {
    const first = await bind(address, 0);
    if (!first) break;
    const { port } = first.address();
    const second = await bind(address, port % 2 === 0 ? port + 1 : port - 1);
    if (second) return port % 2 === 0 ? [first, second] : [second, first];
    first.close();
  }
  throw ingestErrors.RTSP_TRANSPORT_REFUSED({ detail: 'no free pair of UDP ports' });
}

function bind(address: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({
      type: address.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_SIZE_BYTES,
    });
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ port, address, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** `::ffff:10.0.0.7` is `10.0.0.7`, and a zone (`%eth0`) is no part of it. */
function plainAddress(address: string): string {
  return address
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '')
    .toLowerCase();
}

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { writeInterleavedHeader } from '../rtsp/rtsp-message.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { PacketSink } from './camera-playback.ts';

const INTERLEAVED_HEADER_SIZE_BYTES = 4;

/** Packets inside the RTSP connection (RFC 2326 §10.12). */
export function interleavedSink(socket: Socket, rtpChannel: number, rtcpChannel: number): PacketSink {
  const send = (channel: number, packets: readonly Buffer[]): void => {
    if (packets.length === 0 || !socket.writable) return;
    const sizeBytes = packets.reduce((sum, packet) => sum + INTERLEAVED_HEADER_SIZE_BYTES + packet.length, 0);
    const bytes = Buffer.allocUnsafe(sizeBytes);
    let offset = 0;
    for (const packet of packets) {
      offset = writeInterleavedHeader(bytes, offset, channel, packet.length);
      offset += packet.copy(bytes, offset);
    }
    socket.write(bytes);
  };
  return {
    get backlogSizeBytes() {
      return socket.writableLength;
    },
    sendRtp: (packets) => send(rtpChannel, packets),
    sendRtcp: (packet) => send(rtcpChannel, [packet]),
  };
}

export interface UdpSink extends PacketSink {
  readonly serverPorts: { readonly rtp: number; readonly rtcp: number };
  close(): void;
}

export interface UdpSinkOptions {
  /** Of the RTSP connection: the client's, and ours. */
  readonly host: string;
  readonly localAddress: string | undefined;
  readonly client: { readonly rtp: number; readonly rtcp: number };
  /** Share of the packets that are sent late, 0..1; asked for each one. */
  reorderRatio(): number;
  random(): number;
  readonly clock: Clock;
  /** The client sent something: its hello, or a report. */
  onSign(): void;
}

/** A packet that is late is sent after so many others, or after this time when fewer come. */
const LATE_BY_PACKETS = 3;
const LATE_BY_MS = 30;

/** Packets as datagrams to the two ports that the client named in SETUP. */
export async function udpSink({ host, localAddress, client, ...options }: UdpSinkOptions): Promise<UdpSink> {
  const family = host.includes(':') ? 'udp6' : 'udp4';
  const sockets = [createSocket(family), createSocket(family)] as const;
  for (const socket of sockets) {
    // A client that is gone answers with ICMP; its connection tells us so too.
    socket.on('error', () => {});
    socket.on('message', () => options.onSign());
    await new Promise<void>((resolve) => {
      socket.bind({ port: 0, ...(localAddress === undefined ? {} : { address: localAddress }) }, resolve);
    });
  }
  const [rtp, rtcp] = sockets;
  let isClosed = false;
  const late: { readonly packet: Buffer; behind: number; readonly dueMs: number }[] = [];
  const sendDue = (): void => {
    while (!isClosed && late[0] && (late[0].behind <= 0 || options.clock.monotonicMs() >= late[0].dueMs)) {
      const due = late.shift();
      if (due) rtp.send(due.packet, client.rtp, host);
    }
  };
  const hold = (packet: Buffer): void => {
    late.push({ packet, behind: LATE_BY_PACKETS, dueMs: options.clock.monotonicMs() + LATE_BY_MS });
    options.clock.setTimeout(sendDue, LATE_BY_MS + 1);
  };
  const send = (packet: Buffer): void => {
    rtp.send(packet, client.rtp, host);
    for (const one of late) one.behind--;
    sendDue();
  };
  return {
    serverPorts: { rtp: rtp.address().port, rtcp: rtcp.address().port },
    get backlogSizeBytes() {
      return rtp.getSendQueueSize();
    },
    sendRtp(packets) {
      for (const packet of packets) {
        const ratio = options.reorderRatio();
        if (ratio > 0 && options.random() < ratio) hold(packet);
        else send(packet);
      }
    },
    sendRtcp(packet) {
      rtcp.send(packet, client.rtcp, host);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const socket of sockets) socket.close();
    },
  };
}

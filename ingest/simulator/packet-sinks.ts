import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { writeInterleavedHeader } from '../rtsp/rtsp-message.ts';
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

/** Packets as datagrams to the two ports that the client named in SETUP. */
export async function udpSink(host: string, client: { readonly rtp: number; readonly rtcp: number }): Promise<UdpSink> {
  const family = host.includes(':') ? 'udp6' : 'udp4';
  const sockets = [createSocket(family), createSocket(family)] as const;
  for (const socket of sockets) {
    // A client that is gone answers with ICMP; its connection tells us so too.
    socket.on('error', () => {});
    await new Promise<void>((resolve) => {
      socket.bind(0, resolve);
    });
  }
  const [rtp, rtcp] = sockets;
  return {
    serverPorts: { rtp: rtp.address().port, rtcp: rtcp.address().port },
    get backlogSizeBytes() {
      return rtp.getSendQueueSize();
    },
    sendRtp(packets) {
      for (const packet of packets) rtp.send(packet, client.rtp, host);
    },
    sendRtcp(packet) {
      rtcp.send(packet, client.rtcp, host);
    },
    close() {
      for (const socket of sockets) socket.close();
    },
  };
}

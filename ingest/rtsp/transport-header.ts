/** What a server's Transport header says; ports and channels are undefined when it does not name them. */
export interface TransportAnswer {
  /** Undefined when the header is missing or names none that we know. */
  readonly transport: 'tcp' | 'udp' | undefined;
  readonly channels: PortPair | undefined;
  readonly serverPorts: PortPair | undefined;
  /** Where its packets come from, when that is an address. */
  readonly source: string | undefined;
}

export interface PortPair {
  readonly rtp: number;
  readonly rtcp: number;
}

const MAX_HEADER_LENGTH = 1024;

/** @see RFC 2326 §12.39 */
export function parseTransport(header: string | undefined): TransportAnswer {
  const text = (header ?? '').slice(0, MAX_HEADER_LENGTH);
  const channels = pairOf(text, 'interleaved', 255);
  const isTcp = channels !== undefined || /\/TCP\b/i.test(text);
  return {
    transport: isTcp ? 'tcp' : /RTP\/S?AVPF?/i.test(text) ? 'udp' : undefined,
    channels,
    serverPorts: pairOf(text, 'server_port', 65_535),
    source: /(?:^|;)\s*source\s*=\s*"?\[?([0-9A-Fa-f.:]+)\]?"?\s*(?:;|,|$)/i.exec(text)?.[1],
  };
}

/** `name=a-b`, or `name=a` for a and the one after it. */
function pairOf(text: string, name: string, limit: number): PortPair | undefined {
  const match = new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*(\\d{1,5})(?:\\s*-\\s*(\\d{1,5}))?`, 'i').exec(text);
  if (!match) return undefined;
  const rtp = Number(match[1]);
  const rtcp = Number(match[2] ?? rtp + 1);
  return rtp <= limit && rtcp <= limit ? { rtp, rtcp } : undefined;
}

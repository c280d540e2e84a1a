import { streamingErrors } from '../errors.ts';

const MAX_SIZE_BYTES = 64 * 1024;
const MAX_MEDIA = 16;

/** What a player offers to receive, as far as it concerns us. */
export interface SdpOffer {
  readonly iceUfrag: string;
  readonly icePwd: string;
  /** Of the player's DTLS certificate. */
  readonly fingerprint: { readonly algorithm: 'sha-256' | 'sha-384' | 'sha-512'; readonly value: string };
  /** Which side the player would take in the DTLS handshake. */
  readonly setup: 'actpass' | 'active' | 'passive';
  /** In the order of the offer: an answer has as many. */
  readonly media: readonly OfferedMedia[];
}

export interface OfferedMedia {
  readonly kind: string;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly mid: string;
  /** The player takes something: `recvonly` or `sendrecv`. */
  readonly receives: boolean;
  /** In the order of the player's preference. */
  readonly h264: readonly OfferedH264[];
}

export interface OfferedH264 {
  readonly payloadType: number;
  readonly packetizationMode: number;
  /** 24 bits, hexadecimal; baseline when the offer does not say. */
  readonly profileLevelId: string;
  /** e.g. `nack pli`. */
  readonly feedback: readonly string[];
}

interface Section {
  readonly line: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/**
 * Reads the offer of a WHEP player.
 *
 * @throws {AppError} `WHEP_OFFER_INVALID` with what is wrong
 * @see RFC 8866, RFC 8839 §5.4, RFC 8842 §5, RFC 6184 §8.2.1
 */
export function parseSdpOffer(text: string): SdpOffer {
  if (text.length > MAX_SIZE_BYTES) throw invalid('longer than 64 kB');
  const [session, ...sections] = sectionsOf(text);
  if (!session || !text.startsWith('v=0')) throw invalid('no SDP');
  if (sections.length === 0 || sections.length > MAX_MEDIA) throw invalid('no media, or too many');
  const media = sections.map(readMedia);
  const first = sections[0];
  // For the session or, as players mostly write it, in each section; with BUNDLE the first counts.
  const find = (name: string): string | undefined => valueOf(first, name) ?? valueOf(session, name);
  const iceUfrag = find('ice-ufrag');
  const icePwd = find('ice-pwd');
  const setup = find('setup');
  if (!iceUfrag || !/^[A-Za-z0-9+/]{4,256}$/.test(iceUfrag) || !icePwd || !/^[A-Za-z0-9+/]{22,256}$/.test(icePwd))
    throw invalid('no ICE user fragment and password');
  const fingerprint = /^(sha-256|sha-384|sha-512) ((?:[0-9A-F]{2}:){31,63}[0-9A-F]{2})$/i.exec(
    find('fingerprint') ?? '',
  );
  const [, algorithm, value] = fingerprint ?? [];
  if (!algorithm || !value) throw invalid('no fingerprint of SHA-256 or more');
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') throw invalid('no DTLS role');
  return {
    iceUfrag,
    icePwd,
    fingerprint: {
      algorithm: algorithm.toLowerCase() as SdpOffer['fingerprint']['algorithm'],
      value: value.toUpperCase(),
    },
    setup,
    media,
  };
}

function sectionsOf(text: string): readonly Section[] {
  const sections: { line: string; attributes: (readonly [string, string])[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (sections.length === 0 || line.startsWith('m=')) sections.push({ line, attributes: [] });
    const attribute = /^a=([a-z0-9-]+)(?::(.*))?$/i.exec(line);
    if (attribute) sections.at(-1)?.attributes.push([attribute[1] ?? '', (attribute[2] ?? '').trim()]);
  }
  return sections;
}

function valueOf(section: Section | undefined, name: string): string | undefined {
  return section?.attributes.find(([key]) => key === name)?.[1];
}

function readMedia(section: Section, index: number): OfferedMedia {
  const parts = /^m=([a-z]+) \d+(?:\/\d+)? ([A-Z/]+) (.+)$/.exec(section.line);
  const [, kind, protocol, formats] = parts ?? [];
  if (!kind || !protocol || !formats) throw invalid('a media line that cannot be read');
  const mid = valueOf(section, 'mid') ?? `${index}`;
  if (!/^[\w.!#$%&'*+^`{|}~-]{1,64}$/.test(mid)) throw invalid('an identification that cannot be used');
  const has = (name: string): boolean => section.attributes.some(([key]) => key === name);
  return {
    kind,
    protocol,
    mid,
    formats: formats.trim().split(/ +/),
    receives: !has('sendonly') && !has('inactive'),
    h264: kind === 'video' ? h264Of(section) : [],
  };
}

function h264Of(section: Section): readonly OfferedH264[] {
  const values = (name: string): string[] =>
    section.attributes.flatMap(([key, value]) => (key === name ? [value] : []));
  return values('rtpmap').flatMap((map) => {
    const payloadType = Number(/^(\d{1,3}) H264\/90000$/i.exec(map)?.[1] ?? Number.NaN);
    if (!(payloadType >= 35 && payloadType <= 127)) return [];
    const after = (lines: readonly string[], marks: readonly string[]): string[] =>
      lines.flatMap((line) =>
        marks.flatMap((mark) => (line.startsWith(`${mark} `) ? [line.slice(mark.length + 1)] : [])),
      );
    const parameters = after(values('fmtp'), [`${payloadType}`]).join(';');
    const profileLevelId = /(?:^|;)\s*profile-level-id=([0-9a-f]{6})(?:;|\s|$)/i.exec(parameters)?.[1] ?? '42e01f';
    return [
      {
        payloadType,
        packetizationMode: Number(/(?:^|;)\s*packetization-mode=([012])/.exec(parameters)?.[1] ?? 0),
        profileLevelId: profileLevelId.toLowerCase(),
        feedback: after(values('rtcp-fb'), [`${payloadType}`, '*']),
      },
    ];
  });
}

function invalid(reason: string): Error {
  return streamingErrors.WHEP_OFFER_INVALID({ reason });
}

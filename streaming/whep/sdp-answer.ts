import type { types } from 'mediasoup';
import type { OfferedH264, OfferedMedia, SdpOffer } from './sdp-offer.ts';

/** What of an offer is taken: one video section with one format. */
export interface ChosenVideo {
  readonly media: OfferedMedia;
  readonly format: OfferedH264;
}

/**
 * The first section that takes video, with its first H.264 that takes fragments; a baseline profile before others, since
 * players that are strict about profiles play that one.
 */
export function chooseVideo(offer: SdpOffer): ChosenVideo | undefined {
  for (const media of offer.media) {
    if (!media.receives || !media.protocol.endsWith('/TLS/RTP/SAVPF')) continue;
    const usable = media.h264.filter(({ packetizationMode }) => packetizationMode === 1);
    const format = usable.find(({ profileLevelId }) => profileLevelId.startsWith('42e0')) ?? usable[0];
    if (format) return { media, format };
  }
  return undefined;
}

export interface AnswerParts {
  readonly offer: SdpOffer;
  readonly video: ChosenVideo;
  readonly transport: Pick<types.WebRtcTransport, 'iceParameters' | 'iceCandidates' | 'dtlsParameters'>;
  readonly ssrc: number;
  readonly cname: string;
  readonly sessionId: number;
}

/**
 * The answer to a WHEP player: the chosen section sends, all others are refused.
 * @see RFC 8829 §5.3, RFC 8839 §5.1, RFC 9143
 */
export function writeSdpAnswer(parts: AnswerParts): string {
  const { offer, video, transport, sessionId } = parts;
  const { iceParameters } = transport;
  const lines = [
    'v=0',
    `o=- ${sessionId} 1 IN IP4 127.0.0.1`,
    's=vantage',
    't=0 0',
    ...(iceParameters.iceLite ? ['a=ice-lite'] : []),
    `a=group:BUNDLE ${video.media.mid}`,
    'a=msid-semantic: WMS *',
  ];
  for (const media of offer.media) lines.push(...(media === video.media ? videoSection(parts) : refusedSection(media)));
  return `${lines.join('\r\n')}\r\n`;
}

function refusedSection({ kind, protocol, formats, mid }: OfferedMedia): readonly string[] {
  return [`m=${kind} 0 ${protocol} ${formats.join(' ')}`, 'c=IN IP4 0.0.0.0', 'a=inactive', `a=mid:${mid}`];
}

function videoSection({ offer, video, transport, ssrc, cname }: AnswerParts): readonly string[] {
  const { media, format } = video;
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  const { payloadType, profileLevelId, feedback } = format;
  const answered = feedback.filter((kind) => ANSWERED_FEEDBACK.has(kind));
  return [
    `m=video 9 ${media.protocol} ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint?.value ?? ''}`,
    // Who calls is the client, unless it wants to be called.
    `a=setup:${offer.setup === 'passive' ? 'active' : 'passive'}`,
    `a=mid:${media.mid}`,
    'a=sendonly',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=rtpmap:${payloadType} H264/90000`,
    `a=fmtp:${payloadType} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profileLevelId}`,
    ...answered.map((kind) => `a=rtcp-fb:${payloadType} ${kind}`),
    `a=msid:${cname} video`,
    `a=ssrc:${ssrc} cname:${cname}`,
    ...iceCandidates.map(candidateLine),
    'a=end-of-candidates',
  ];
}

export const ANSWERED_FEEDBACK: ReadonlySet<string> = new Set(['nack', 'nack pli', 'ccm fir']);

function candidateLine({ foundation, priority, address, protocol, port, type, tcpType }: types.IceCandidate): string {
  const end = protocol === 'tcp' ? ` tcptype ${tcpType ?? 'passive'}` : '';
  return `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${end}`;
}

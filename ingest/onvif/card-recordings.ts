import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import { type StreamTransport, streamSetup } from './media-profiles.ts';
import type { OnvifDevice } from './onvif-device.ts';
import { escapeXml, find, findAll, numberAt, textAt, timeAt, type XmlElement } from './xml.ts';

/** Times in this file are on the clock of the device, UTC epoch milliseconds: subtract its `clockOffsetMs` to have ours. */
export interface CardSummary {
  readonly fromDeviceMs: number | undefined;
  readonly untilDeviceMs: number | undefined;
  readonly recordings: number;
}

export interface CardTrack {
  readonly token: string;
  readonly kind: 'Video' | 'Audio' | 'Metadata' | 'Extended' | undefined;
  readonly fromDeviceMs: number | undefined;
  readonly untilDeviceMs: number | undefined;
}

/** What a device has recorded on its own card. */
export interface CardRecording {
  readonly token: string;
  readonly sourceName: string;
  readonly content: string;
  readonly fromDeviceMs: number | undefined;
  readonly untilDeviceMs: number | undefined;
  readonly isRecordingNow: boolean;
  readonly tracks: readonly CardTrack[];
}

const MAX_RECORDINGS = 1000;
const PAGE = 50;
const KINDS = ['Video', 'Audio', 'Metadata', 'Extended'] as const;

/** All recordings with their tracks, but without times. @see ONVIF Recording Control Service Specification §5.2.6 */
export async function readRecordings(device: OnvifDevice, signal?: AbortSignal): Promise<readonly CardRecording[]> {
  const answer = await device.call({ service: 'recording', operation: 'GetRecordings', signal });
  return findAll(answer, 'RecordingItem')
    .slice(0, MAX_RECORDINGS)
    .flatMap((item) => toRecording(item, find(item, 'Configuration'), findAll(find(item, 'Tracks'), 'Track')));
}

/** From when until when there is anything on the card. @see ONVIF Recording Search Service Specification §5.2 */
export async function readRecordingSummary(device: OnvifDevice, signal?: AbortSignal): Promise<CardSummary> {
  const answer = await device.call({ service: 'search', operation: 'GetRecordingSummary', signal });
  const summary = find(answer, 'Summary');
  return {
    fromDeviceMs: timeAt(summary, 'DataFrom'),
    untilDeviceMs: timeAt(summary, 'DataUntil'),
    recordings: numberAt(summary, 'NumberRecordings') ?? 0,
  };
}

/**
 * Searches the card for its recordings, with the times of each track.
 * @param options.timeoutMs for the whole search
 * @throws {AppError} `ONVIF_TIMEOUT` when the device does not come to an end, and what every call may throw
 * @see ONVIF Recording Search Service Specification §5.4-5.6
 */
export async function findRecordings(
  device: OnvifDevice,
  options: { readonly timeoutMs: number; readonly clock: Clock; readonly signal?: AbortSignal | undefined },
): Promise<readonly CardRecording[]> {
  const { timeoutMs, clock, signal } = options;
  const search = { service: 'search', signal } as const;
  const started = await device.call({
    ...search,
    operation: 'FindRecordings',
    content: `<Scope/><MaxMatches>${MAX_RECORDINGS}</MaxMatches><KeepAliveTime>PT30S</KeepAliveTime>`,
  });
  const token = textAt(started, 'SearchToken');
  if (token === undefined) throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'no search token' });
  const searchToken = `<SearchToken>${escapeXml(token)}</SearchToken>`;
  const found = new Map<string, CardRecording>();
  const endMs = clock.monotonicMs() + timeoutMs;
  try {
    while (found.size < MAX_RECORDINGS) {
      if (clock.monotonicMs() > endMs) throw ingestErrors.ONVIF_TIMEOUT({ detail: 'recording search' });
      const answer = await device.call({
        ...search,
        operation: 'GetRecordingSearchResults',
        content: `${searchToken}<MinResults>1</MinResults><MaxResults>${PAGE}</MaxResults><WaitTime>PT2S</WaitTime>`,
        timeoutMs: 10_000,
      });
      const list = find(answer, 'ResultList');
      const page = findAll(list, 'RecordingInformation').flatMap((item) =>
        toRecording(item, item, findAll(item, 'Track')),
      );
      for (const recording of page.slice(0, MAX_RECORDINGS - found.size)) found.set(recording.token, recording);
      if (textAt(list, 'SearchState') === 'Completed') break;
    }
    return [...found.values()];
  } finally {
    // The device forgets the search by itself where this is not understood or does not arrive.
    await device.call({ service: 'search', operation: 'EndSearch', content: searchToken }).catch(() => undefined);
  }
}

/**
 * Where a recording can be fetched over RTSP: PLAY with `Range: clock=…` on the device's clock, and `Require: onvif-replay`.
 * @see ONVIF Replay Service Specification §5.1, ONVIF Streaming Specification §6
 */
export async function readReplayUrl(
  device: OnvifDevice,
  recordingToken: string,
  options: { readonly transport?: StreamTransport; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const { transport = 'tcp', signal } = options;
  const content =
    `<StreamSetup>${streamSetup(transport)}</StreamSetup>` +
    `<RecordingToken>${escapeXml(recordingToken)}</RecordingToken>`;
  const answer = await device.call({ service: 'replay', operation: 'GetReplayUri', content, signal });
  return device.reachedRtsp(textAt(answer, 'Uri'));
}

function toRecording(
  item: XmlElement,
  described: XmlElement | undefined,
  tracks: readonly XmlElement[],
): readonly CardRecording[] {
  const token = textAt(item, 'RecordingToken')?.slice(0, 200);
  if (!token) return [];
  return [
    {
      token,
      sourceName: (textAt(described, 'Source', 'Name') ?? '').slice(0, 200),
      content: (textAt(described, 'Content') ?? '').slice(0, 200),
      fromDeviceMs: timeAt(item, 'EarliestRecording'),
      untilDeviceMs: timeAt(item, 'LatestRecording'),
      isRecordingNow: textAt(item, 'RecordingStatus') === 'Recording',
      tracks: tracks.slice(0, 32).flatMap(toTrack),
    },
  ];
}

function toTrack(track: XmlElement): readonly CardTrack[] {
  const token = textAt(track, 'TrackToken')?.slice(0, 200);
  const kind = textAt(track, 'TrackType') ?? textAt(track, 'Configuration', 'TrackType');
  if (!token) return [];
  return [
    {
      token,
      kind: KINDS.find((one) => one === kind),
      fromDeviceMs: timeAt(track, 'DataFrom'),
      untilDeviceMs: timeAt(track, 'DataTo'),
    },
  ];
}

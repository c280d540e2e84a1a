import { randomUUID } from 'node:crypto';
import { escapeXml, numberAt, textAt } from '../onvif/xml.ts';
import type { AnswerContext, Answers } from './onvif-answer-context.ts';
import type { OnvifCardRecording } from './onvif-model.ts';
import { OnvifFault } from './onvif-request.ts';

const TRACK = 'VIDEO001';

/** @see ONVIF Recording Control Service Specification §5.2 */
export const answerRecording: Answers = (request, { model }) => {
  if (request.name !== 'GetRecordings') return undefined;
  const items = model.recordings.map(
    ({ token }) =>
      `<trc:RecordingItem><tt:RecordingToken>${escapeXml(token)}</tt:RecordingToken><tt:Configuration>${source(model.name)}` +
      '<tt:Content>card</tt:Content><tt:MaximumRetentionTime>PT0S</tt:MaximumRetentionTime></tt:Configuration><tt:Tracks>' +
      `<tt:Track><tt:TrackToken>${TRACK}</tt:TrackToken><tt:Configuration><tt:TrackType>Video</tt:TrackType><tt:Description/></tt:Configuration></tt:Track>` +
      '</tt:Tracks></trc:RecordingItem>',
  );
  return `<trc:GetRecordingsResponse>${items.join('')}</trc:GetRecordingsResponse>`;
};

/** A search is over at once, but told in pages. @see ONVIF Recording Search Service Specification §5 */
export const answerSearch: Answers = (request, context) => {
  const { recordings } = context.model;
  switch (request.name) {
    case 'GetRecordingSummary': {
      const from = Math.min(...recordings.map(({ fromMs }) => fromMs));
      const until = Math.max(...recordings.map(({ untilMs }) => untilMs));
      return (
        `<tse:GetRecordingSummaryResponse><tse:Summary><tt:DataFrom>${iso(from)}</tt:DataFrom><tt:DataUntil>${iso(until)}</tt:DataUntil>` +
        `<tt:NumberRecordings>${recordings.length}</tt:NumberRecordings></tse:Summary></tse:GetRecordingSummaryResponse>`
      );
    }
    case 'FindRecordings': {
      const token = randomUUID();
      context.searches.set(token, 0);
      return `<tse:FindRecordingsResponse><tse:SearchToken>${token}</tse:SearchToken></tse:FindRecordingsResponse>`;
    }
    case 'GetRecordingSearchResults': {
      const token = textAt(request, 'SearchToken') ?? '';
      const told = context.searches.get(token);
      if (told === undefined)
        throw new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:InvalidToken'], 'no such search');
      const page = recordings.slice(told, told + Math.max(1, numberAt(request, 'MaxResults') ?? 10));
      context.searches.set(token, told + page.length);
      const state = told + page.length >= recordings.length ? 'Completed' : 'Searching';
      return (
        `<tse:GetRecordingSearchResultsResponse><tse:ResultList><tt:SearchState>${state}</tt:SearchState>` +
        `${page.map((one) => information(one, context)).join('')}</tse:ResultList></tse:GetRecordingSearchResultsResponse>`
      );
    }
    case 'EndSearch':
      context.searches.delete(textAt(request, 'SearchToken') ?? '');
      return `<tse:EndSearchResponse><tse:Endpoint>${iso(context.deviceNowMs())}</tse:Endpoint></tse:EndSearchResponse>`;
    default:
      return undefined;
  }
};

/** @see ONVIF Replay Service Specification §5.1 */
export const answerReplay: Answers = (request, context) => {
  if (request.name !== 'GetReplayUri') return undefined;
  const recording = context.model.recordings.find(({ token }) => token === textAt(request, 'RecordingToken'));
  if (!recording)
    throw new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:NoRecording'], 'there is no such recording');
  return `<trp:GetReplayUriResponse><trp:Uri>${escapeXml(context.streamAddress(recording.rtspUrl))}</trp:Uri></trp:GetReplayUriResponse>`;
};

function information({ token, fromMs, untilMs }: OnvifCardRecording, { model, deviceNowMs }: AnswerContext): string {
  const isNow = untilMs >= deviceNowMs();
  return (
    `<tt:RecordingInformation><tt:RecordingToken>${escapeXml(token)}</tt:RecordingToken>${source(model.name)}` +
    `<tt:EarliestRecording>${iso(fromMs)}</tt:EarliestRecording><tt:LatestRecording>${iso(untilMs)}</tt:LatestRecording><tt:Content>card</tt:Content>` +
    `<tt:Track><tt:TrackToken>${TRACK}</tt:TrackToken><tt:TrackType>Video</tt:TrackType><tt:Description/><tt:DataFrom>${iso(fromMs)}</tt:DataFrom>` +
    `<tt:DataTo>${iso(untilMs)}</tt:DataTo></tt:Track><tt:RecordingStatus>${isNow ? 'Recording' : 'Stopped'}</tt:RecordingStatus></tt:RecordingInformation>`
  );
}

function source(name: string): string {
  return `<tt:Source><tt:SourceId>1</tt:SourceId><tt:Name>${escapeXml(name)}</tt:Name><tt:Location/><tt:Description/><tt:Address/></tt:Source>`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

import type { Clock } from '#infra/runtime/clock.ts';
import type { ServiceName } from '../onvif/soap-message.ts';
import { textAt, type XmlElement } from '../onvif/xml.ts';
import type { OnvifEventSource } from './onvif-event-source.ts';
import type { OnvifDeviceModel, OnvifStream } from './onvif-model.ts';
import type { PtzState } from './onvif-ptz-state.ts';
import { OnvifFault } from './onvif-request.ts';

export interface ImagingState {
  brightness: number;
  contrast: number;
  saturation: number;
  sharpness: number;
  irCutFilter: string;
  focusMode: string;
}

/** What the answers of a simulated device are made from. */
export interface AnswerContext {
  readonly model: OnvifDeviceModel;
  readonly clock: Clock;
  readonly deviceNowMs: () => number;
  /** Address of a service, as the device tells it. */
  address(service: ServiceName): string;
  /** A stream address, as the device tells it. */
  streamAddress(rtspUrl: string): string;
  readonly snapshotAddress: string | undefined;
  readonly ptz: PtzState;
  readonly imaging: ImagingState;
  readonly events: OnvifEventSource;
  /** Tokens of searches that have not ended, with how many results were told. */
  readonly searches: Map<string, number>;
  synchronize(profileToken: string): void;
}

/** @returns the XML inside the body of the answer; undefined when the service has no such operation */
export type Answers = (request: XmlElement, context: AnswerContext) => string | undefined;

/** @throws {OnvifFault} `NoProfile` */
export function streamOf(request: XmlElement, { model }: AnswerContext): OnvifStream {
  const token = textAt(request, 'ProfileToken');
  const stream = model.streams.find((one) => one.token === token);
  if (!stream) throw new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:NoProfile'], 'there is no such profile');
  return stream;
}

/** Milliseconds of an xs:duration of seconds and minutes, which is all that clients send. */
export function durationMs(text: string | undefined, defaultMs: number): number {
  const [, minutes, seconds] = /^PT(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text ?? '') ?? [];
  return minutes === undefined && seconds === undefined
    ? defaultMs
    : Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1000;
}

import { ingestErrors } from '../errors.ts';

/** What a simulated camera does wrong. */
export type CameraFault =
  /** Sends nothing, keeps the connection. */
  | { readonly kind: 'stall' }
  /** Closes all connections; refuses new ones while it lasts. */
  | { readonly kind: 'disconnect' }
  /** Leaves out this share of the RTP packets, 0..1. */
  | { readonly kind: 'loss'; readonly ratio: number }
  /** Over UDP, sends this share of the packets after those that should follow them, 0..1. */
  | { readonly kind: 'reorder'; readonly ratio: number }
  /** Refuses UDP (`no-udp`) or TCP (`no-tcp`) at SETUP. */
  | { readonly kind: 'no-udp' }
  | { readonly kind: 'no-tcp' }
  /** Flips bytes inside this share of the pictures, 0..1; the packets themselves are in order. */
  | { readonly kind: 'corrupt'; readonly ratio: number }
  /** Its clock is set by so much: time stamps and sender reports jump together; back again when it is over. */
  | { readonly kind: 'clock'; readonly jumpMs: number }
  /** Sends the first key frame only this long after PLAY. */
  | { readonly kind: 'late-key'; readonly delayMs: number }
  /** Refuses every user name and password. */
  | { readonly kind: 'wrong-password' }
  /** Offers JPEG only. */
  | { readonly kind: 'mjpeg' }
  /** Answers as a web server does. */
  | { readonly kind: 'not-rtsp' };

export type CameraFaultKind = CameraFault['kind'];

/** A fault and when it holds, in milliseconds since the simulator started. */
export interface ScheduledFault {
  readonly fault: CameraFault;
  readonly fromMs: number;
  /** `Infinity` for one that stays. A disconnect with `toMs === fromMs` closes once and takes new connections at once. */
  readonly toMs: number;
}

const KINDS =
  'stall, disconnect, loss=RATIO, reorder=RATIO, no-udp, no-tcp, corrupt=RATIO, late-key=SECONDS, clock=SECONDS, wrong-password, mjpeg, not-rtsp';
const ITEM = /^(\d+):([a-z0-9-]+)(?:=([\d.]+))?(?:@(\d+(?:\.\d+)?)(?:\+(\d+(?:\.\d+)?))?)?$/;

/**
 * Reads `camera:fault[=value][@fromSeconds[+durationSeconds]]`, comma separated; cameras count from 1.
 * `2:stall@10+20,3:loss=0.02,5:corrupt=0.1@30` – without a duration a fault stays, a disconnect happens once.
 *
 * @returns the faults of each camera by its number
 * @throws {AppError} `SIMULATOR_FAULT_INVALID` with the item and what is wrong with it
 */
export function parseFaults(text: string, cameraCount: number): ReadonlyMap<number, readonly ScheduledFault[]> {
  const plan = new Map<number, ScheduledFault[]>();
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const match = ITEM.exec(item);
    if (!match) throw invalid(item, 'write it as camera:fault=value@seconds+seconds');
    const [, number, name = '', value, from, duration] = match;
    const camera = Number(number);
    if (camera < 1 || camera > cameraCount) throw invalid(item, `there is no camera ${camera}`);
    const fault = toFault(item, name, value);
    const fromMs = Number(from ?? 0) * 1000;
    const lastsMs = duration === undefined ? (name === 'disconnect' ? 0 : Infinity) : Number(duration) * 1000;
    plan.set(camera, [...(plan.get(camera) ?? []), { fault, fromMs, toMs: fromMs + lastsMs }]);
  }
  return plan;
}

function toFault(item: string, name: string, value: string | undefined): CameraFault {
  const number = Number(value);
  switch (name) {
    case 'loss':
    case 'reorder':
    case 'corrupt':
      if (!(number > 0 && number <= 1))
        throw invalid(item, `${name} needs a share above 0 and up to 1, as in ${name}=0.02`);
      return { kind: name, ratio: number };
    case 'late-key':
      if (!(number > 0)) throw invalid(item, 'late-key needs seconds, as in late-key=5');
      return { kind: name, delayMs: number * 1000 };
    case 'clock':
      if (!(number > 0)) throw invalid(item, 'clock needs seconds, as in clock=3600');
      return { kind: name, jumpMs: number * 1000 };
    case 'stall':
    case 'disconnect':
    case 'no-udp':
    case 'no-tcp':
    case 'wrong-password':
    case 'mjpeg':
    case 'not-rtsp':
      if (value !== undefined) throw invalid(item, `${name} takes no value`);
      return { kind: name };
    default:
      throw invalid(item, `known faults are ${KINDS}`);
  }
}

function invalid(item: string, detail: string): Error {
  return ingestErrors.SIMULATOR_FAULT_INVALID({ item, detail });
}

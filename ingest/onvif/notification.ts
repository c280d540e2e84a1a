import { descendants, find, findAll, parseTime, textAt, type XmlElement } from './xml.ts';

export type NotificationKind = 'motion' | 'digital_input' | 'tampering' | 'other';

/** Something that a device noticed. */
export interface OnvifNotification {
  /** Without namespace prefixes, e.g. `VideoSource/MotionAlarm`. */
  readonly topic: string;
  readonly kind: NotificationKind;
  /** On the clock of the device, UTC epoch milliseconds; undefined when it tells none. */
  readonly deviceTimeMs: number | undefined;
  /** `Initialized` tells a state as it was found, `Changed` a change, `Deleted` that there is no such state any more. */
  readonly operation: 'Initialized' | 'Deleted' | 'Changed' | undefined;
  /** Whether it goes on or has ended, where the topic is a state. */
  readonly isActive: boolean | undefined;
  /** Which lens, input or rule it comes from. */
  readonly source: ReadonlyMap<string, string>;
  readonly data: ReadonlyMap<string, string>;
}

/** Topic names as the ONVIF specifications and the makers use them; the first match counts. */
const KINDS: readonly (readonly [RegExp, NotificationKind])[] = [
  [/Tamper|GlobalSceneChange|ImageTooDark|ImageTooBlurry|ImageTooBright/i, 'tampering'],
  [/DigitalInput/i, 'digital_input'],
  [/Motion/i, 'motion'],
];
const STATE_NAMES = ['IsMotion', 'State', 'LogicalState', 'IsTamper', 'Motion', 'active'];
const OPERATIONS = ['Initialized', 'Deleted', 'Changed'] as const;
const MAX_ITEMS = 32;
const MAX_LENGTH = 300;

/** The notifications of a PullMessages answer. @see ONVIF Core Specification §9.4, WS-BaseNotification §3.2 */
export function readNotifications(answer: XmlElement): readonly OnvifNotification[] {
  return descendants(answer, 'NotificationMessage').map(readNotification);
}

function readNotification(element: XmlElement): OnvifNotification {
  const topic = (textAt(element, 'Topic') ?? '').slice(0, MAX_LENGTH).replaceAll(/[^/:|]+:/g, '');
  const message = find(element, 'Message', 'Message') ?? find(element, 'Message');
  const data = readItems(find(message, 'Data'));
  const state = STATE_NAMES.map((name) => data.get(name)).find((value) => value !== undefined);
  return {
    topic,
    kind: KINDS.find(([pattern]) => pattern.test(topic))?.[1] ?? 'other',
    deviceTimeMs: parseTime(message?.attributes.get('UtcTime')),
    operation: OPERATIONS.find((one) => one === message?.attributes.get('PropertyOperation')),
    isActive: state === undefined ? undefined : /^(true|1|on|active)$/i.test(state),
    source: readItems(find(message, 'Source')),
    data,
  };
}

function readItems(element: XmlElement | undefined): ReadonlyMap<string, string> {
  const items = new Map<string, string>();
  for (const item of findAll(element, 'SimpleItem').slice(0, MAX_ITEMS)) {
    const name = item.attributes.get('Name')?.slice(0, MAX_LENGTH);
    if (name) items.set(name, (item.attributes.get('Value') ?? '').slice(0, MAX_LENGTH));
  }
  return items;
}

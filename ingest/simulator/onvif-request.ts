import { SERVICE_NAMESPACES, XML_NAMESPACES } from '../onvif/soap-message.ts';
import { escapeXml, find, parseXml, type XmlElement } from '../onvif/xml.ts';

/** What a client asks of the simulated device. */
export interface OnvifRequestMessage {
  /** e.g. `GetProfiles`. */
  readonly operation: string;
  /** Namespace of the operation. */
  readonly namespace: string;
  readonly content: XmlElement;
  readonly header: XmlElement | undefined;
}

/** A fault that the device answers, with its ONVIF subcodes. */
export class OnvifFault extends Error {
  readonly party: 'Sender' | 'Receiver';
  readonly subcodes: readonly string[];

  constructor(party: 'Sender' | 'Receiver', subcodes: readonly string[], reason: string) {
    super(reason);
    this.party = party;
    this.subcodes = subcodes;
  }
}

const PREFIXES = {
  s: XML_NAMESPACES.soap,
  tt: XML_NAMESPACES.schema,
  wsa: XML_NAMESPACES.addressing,
  wsnt: XML_NAMESPACES.notification,
  tds: SERVICE_NAMESPACES.device,
  trt: SERVICE_NAMESPACES.media,
  tr2: SERVICE_NAMESPACES.media2,
  tptz: SERVICE_NAMESPACES.ptz,
  timg: SERVICE_NAMESPACES.imaging,
  tev: SERVICE_NAMESPACES.events,
  trc: SERVICE_NAMESPACES.recording,
  tse: SERVICE_NAMESPACES.search,
  trp: SERVICE_NAMESPACES.replay,
  tns1: 'http://www.onvif.org/ver10/topics',
  ter: 'http://www.onvif.org/ver10/error',
} as const;
const DECLARATIONS = Object.entries(PREFIXES)
  .map(([prefix, namespace]) => ` xmlns:${prefix}="${namespace}"`)
  .join('');

/** @throws {AppError} `ONVIF_ANSWER_INVALID` for what is not SOAP */
export function readOnvifRequest(text: string): OnvifRequestMessage {
  const envelope = parseXml(text);
  const content = find(envelope, 'Body')?.children[0];
  if (!content) throw new OnvifFault('Sender', ['ter:WellFormed'], 'not a SOAP request');
  return { operation: content.name, namespace: content.namespace ?? '', content, header: find(envelope, 'Header') };
}

export function writeOnvifAnswer(body: string, header = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope${DECLARATIONS}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}

/** @see SOAP 1.2 §5.4, ONVIF Core Specification §5.8.2 */
export function writeFault({ party, subcodes, message }: OnvifFault): string {
  const subcode = subcodes.reduceRight(
    (inner, code) => `<s:Subcode><s:Value>${code}</s:Value>${inner}</s:Subcode>`,
    '',
  );
  return writeOnvifAnswer(
    `<s:Fault><s:Code><s:Value>s:${party}</s:Value>${subcode}</s:Code>` +
      `<s:Reason><s:Text xml:lang="en">${escapeXml(message)}</s:Text></s:Reason></s:Fault>`,
  );
}

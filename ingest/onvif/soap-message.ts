import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import { descendants, escapeXml, find, parseXml, textAt, type XmlElement } from './xml.ts';

/** Namespaces of the services, as in their WSDL files. */
export const SERVICE_NAMESPACES = {
  device: 'http://www.onvif.org/ver10/device/wsdl',
  media: 'http://www.onvif.org/ver10/media/wsdl',
  media2: 'http://www.onvif.org/ver20/media/wsdl',
  ptz: 'http://www.onvif.org/ver20/ptz/wsdl',
  imaging: 'http://www.onvif.org/ver20/imaging/wsdl',
  events: 'http://www.onvif.org/ver10/events/wsdl',
  recording: 'http://www.onvif.org/ver10/recording/wsdl',
  search: 'http://www.onvif.org/ver10/search/wsdl',
  replay: 'http://www.onvif.org/ver10/replay/wsdl',
} as const;
export type ServiceName = keyof typeof SERVICE_NAMESPACES;

export const XML_NAMESPACES = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  schema: 'http://www.onvif.org/ver10/schema',
  addressing: 'http://www.w3.org/2005/08/addressing',
  notification: 'http://docs.oasis-open.org/wsn/b-2',
  security: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  securityUtility: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
} as const;

const TOKEN_PROFILE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0';
const SOAP_SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0';

export interface Envelope {
  /** XML inside the body; the prefix `tt` is bound to the ONVIF schema. */
  readonly body: string;
  /** For the username token; left out when undefined. */
  readonly credentials?: Credentials | undefined;
  /** The time that the device has now, UTC epoch milliseconds: the token is refused when it is off by more than seconds. */
  readonly deviceTimeMs?: number;
  /** WS-Addressing, which events need. */
  readonly addressing?: { readonly action: string; readonly to: string; readonly referenceParameters?: string };
}

/** A SOAP 1.2 request. */
export function writeEnvelope(envelope: Envelope): string {
  const { body, credentials, deviceTimeMs = 0, addressing } = envelope;
  const header = [
    credentials ? usernameToken(credentials, deviceTimeMs, randomBytes(16)) : '',
    addressing
      ? `<wsa:Action>${escapeXml(addressing.action)}</wsa:Action><wsa:MessageID>urn:uuid:${randomUUID()}</wsa:MessageID>` +
        `<wsa:ReplyTo><wsa:Address>${XML_NAMESPACES.addressing}/anonymous</wsa:Address></wsa:ReplyTo>` +
        `<wsa:To>${escapeXml(addressing.to)}</wsa:To>${addressing.referenceParameters ?? ''}`
      : '',
  ].join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${XML_NAMESPACES.soap}" xmlns:tt="${XML_NAMESPACES.schema}"` +
    ` xmlns:wsa="${XML_NAMESPACES.addressing}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

/** Base64(SHA-1(nonce + created + password)). @see WS-Security UsernameToken Profile 1.0 §3.1 */
export function passwordDigest(nonce: Uint8Array, created: string, password: string): string {
  return createHash('sha1').update(nonce).update(created, 'utf8').update(password, 'utf8').digest('base64');
}

function usernameToken({ username, password }: Credentials, deviceTimeMs: number, nonce: Buffer): string {
  const created = new Date(deviceTimeMs).toISOString();
  return (
    `<wsse:Security s:mustUnderstand="1" xmlns:wsse="${XML_NAMESPACES.security}" xmlns:wsu="${XML_NAMESPACES.securityUtility}">` +
    `<wsse:UsernameToken><wsse:Username>${escapeXml(username)}</wsse:Username>` +
    `<wsse:Password Type="${TOKEN_PROFILE}#PasswordDigest">${passwordDigest(nonce, created, password)}</wsse:Password>` +
    `<wsse:Nonce EncodingType="${SOAP_SECURITY}#Base64Binary">${nonce.toString('base64')}</wsse:Nonce>` +
    `<wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`
  );
}

/**
 * The element inside the body of an answer.
 * @throws {AppError} `ONVIF_ANSWER_INVALID`; for a fault `ONVIF_AUTH_REJECTED`, `ONVIF_UNSUPPORTED` or `ONVIF_REFUSED`
 */
export function readEnvelope(text: string): XmlElement {
  const envelope = parseXml(text);
  const body = find(envelope, 'Body');
  if (envelope.name !== 'Envelope' || !body) throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'not SOAP' });
  const fault = find(body, 'Fault');
  if (fault) throw toError(fault);
  const content = body.children[0];
  if (!content) throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'empty body' });
  return content;
}

/** SOAP 1.2 faults, and 1.1 ones of old firmware. */
function toError(fault: XmlElement): AppError {
  const codes = [...descendants(fault, 'Value'), ...descendants(fault, 'faultcode')].map(({ text }) => text);
  const reason = (textAt(fault, 'Reason', 'Text') ?? textAt(fault, 'faultstring') ?? '').slice(0, 200);
  const code = codes
    .map((one) => one.slice(one.indexOf(':') + 1))
    .join('/')
    .slice(0, 200);
  const context = { fault: code, reason };
  if (/NotAuthorized|FailedAuthentication|InvalidSecurity|Sender not authorized/i.test(`${code} ${reason}`))
    return ingestErrors.ONVIF_AUTH_REJECTED(context);
  if (/ActionNotSupported|NotSupported|NotImplemented|UnknownAction/i.test(code))
    return ingestErrors.ONVIF_UNSUPPORTED(context);
  return ingestErrors.ONVIF_REFUSED(context);
}

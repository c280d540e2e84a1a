import { toAppError } from '#infra/runtime/app-error.ts';
import { parseHttpUrl } from './reached-address.ts';
import { descendants, escapeXml, find, parseXml, textAt } from './xml.ts';

/** A device that answered a search. */
export interface DiscoveredDevice {
  /** What tells it from all others, e.g. `urn:uuid:…`. */
  readonly endpointReference: string;
  /** Addresses of its device service, as it told them. */
  readonly serviceUrls: readonly string[];
  readonly name: string | undefined;
  readonly hardware: string | undefined;
  readonly location: string | undefined;
  readonly scopes: readonly string[];
  /** IP address that the answer came from. */
  readonly address: string;
}

export const DISCOVERY_NAMESPACES = {
  addressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  discovery: 'http://schemas.xmlsoap.org/ws/2005/04/discovery',
  network: 'http://www.onvif.org/ver10/network/wsdl',
  device: 'http://www.onvif.org/ver10/device/wsdl',
} as const;

const SCOPE = /^onvif:\/\/www\.onvif\.org\/([^/]+)\/(.+)$/i;
const MAX_LIST = 64;

/** @see WS-Discovery 1.1 §5.2, ONVIF Core Specification §7.3 */
export function writeProbe(messageId: string, type: 'tds:Device' | 'dn:NetworkVideoTransmitter'): string {
  const { addressing, discovery, network, device } = DISCOVERY_NAMESPACES;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="${addressing}" xmlns:d="${discovery}"` +
    ` xmlns:dn="${network}" xmlns:tds="${device}"><s:Header>` +
    `<a:Action s:mustUnderstand="1">${discovery}/Probe</a:Action><a:MessageID>urn:uuid:${escapeXml(messageId)}</a:MessageID>` +
    `<a:ReplyTo><a:Address>${addressing}/role/anonymous</a:Address></a:ReplyTo>` +
    '<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>' +
    `<s:Body><d:Probe><d:Types>${type}</d:Types></d:Probe></s:Body></s:Envelope>`
  );
}

/** The devices in one datagram: none when it is not an answer, or cannot be read. Never throws. */
export function readProbeMatches(datagram: Buffer, address: string): readonly DiscoveredDevice[] {
  try {
    const envelope = parseXml(datagram.toString('utf8'), { maxLength: 65_536, maxDepth: 24, maxNodes: 2000 });
    return descendants(envelope, 'ProbeMatch')
      .slice(0, MAX_LIST)
      .flatMap((match) => {
        const endpointReference = textAt(match, 'EndpointReference', 'Address')?.slice(0, 200);
        const serviceUrls = words(find(match, 'XAddrs')?.text).filter((url) => parseHttpUrl(url) !== undefined);
        if (!endpointReference || serviceUrls.length === 0) return [];
        const scopes = words(find(match, 'Scopes')?.text);
        const scope = (name: string): string | undefined => scopeValue(scopes, name);
        return [
          {
            endpointReference,
            serviceUrls,
            scopes,
            address,
            name: scope('name'),
            hardware: scope('hardware'),
            location: scope('location'),
          },
        ];
      });
  } catch (error) {
    if (toAppError(error).code === 'UNEXPECTED') throw error;
    return [];
  }
}

/** e.g. `AXIS P1455` of `onvif://www.onvif.org/name/AXIS%20P1455`; a scope that comes several times is joined. */
function scopeValue(scopes: readonly string[], name: string): string | undefined {
  const values = scopes.flatMap((scope) => {
    const [, category, value = ''] = SCOPE.exec(scope) ?? [];
    return category?.toLowerCase() === name ? [decode(value)] : [];
  });
  return values.length > 0 ? values.join(', ').slice(0, 200) : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(/\s+/)
    .filter((word) => word !== '' && word.length <= 1000)
    .slice(0, MAX_LIST);
}

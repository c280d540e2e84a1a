import { SERVICE_NAMESPACES, type ServiceName } from '../onvif/soap-message.ts';
import { escapeXml, textAt } from '../onvif/xml.ts';
import type { AnswerContext, Answers } from './onvif-answer-context.ts';

const VERSION = '<tt:Major>20</tt:Major><tt:Minor>12</tt:Minor>';

/** Device management. @see ONVIF Core Specification §8 */
export const answerDevice: Answers = (request, context) => {
  const { model } = context;
  switch (request.name) {
    case 'GetSystemDateAndTime':
      return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>${dateAndTime(context.deviceNowMs())}</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
    case 'GetDeviceInformation':
      return (
        `<tds:GetDeviceInformationResponse><tds:Manufacturer>${escapeXml(model.manufacturer)}</tds:Manufacturer>` +
        `<tds:Model>${escapeXml(model.model)}</tds:Model><tds:FirmwareVersion>1.0</tds:FirmwareVersion>` +
        `<tds:SerialNumber>${escapeXml(model.serialNumber)}</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>`
      );
    case 'GetServices':
      return model.hasGetServices ? services(context) : undefined;
    case 'GetCapabilities':
      return `<tds:GetCapabilitiesResponse><tds:Capabilities>${capabilities(context, textAt(request, 'Category'))}</tds:Capabilities></tds:GetCapabilitiesResponse>`;
    case 'GetScopes':
      return `<tds:GetScopesResponse>${scopesOf(context.model)
        .map(
          (scope) =>
            `<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${escapeXml(scope)}</tt:ScopeItem></tds:Scopes>`,
        )
        .join('')}</tds:GetScopesResponse>`;
    case 'GetHostname':
      return '<tds:GetHostnameResponse><tds:HostnameInformation><tt:FromDHCP>false</tt:FromDHCP><tt:Name>simulated</tt:Name></tds:HostnameInformation></tds:GetHostnameResponse>';
    default:
      return undefined;
  }
};

/** Services that a device of this model has. */
export function offeredServices(model: AnswerContext['model']): readonly ServiceName[] {
  return [
    'device',
    'media',
    ...(model.hasMedia2 ? (['media2'] as const) : []),
    ...(model.hasPtz ? (['ptz'] as const) : []),
    'imaging',
    'events',
    ...(model.recordings.length > 0 ? (['recording', 'search', 'replay'] as const) : []),
  ];
}

export function scopesOf(model: AnswerContext['model']): readonly string[] {
  const scope = (category: string, value: string): string =>
    `onvif://www.onvif.org/${category}/${encodeURIComponent(value)}`;
  return [
    scope('name', model.name),
    scope('hardware', model.model),
    scope('location', model.location),
    'onvif://www.onvif.org/type/video_encoder',
    ...(model.hasPtz ? ['onvif://www.onvif.org/type/ptz'] : []),
    'onvif://www.onvif.org/Profile/Streaming',
    ...(model.hasMedia2 ? ['onvif://www.onvif.org/Profile/T'] : []),
    ...(model.recordings.length > 0 ? ['onvif://www.onvif.org/Profile/G'] : []),
  ];
}

function services(context: AnswerContext): string {
  const list = offeredServices(context.model).map(
    (service) =>
      `<tds:Service><tds:Namespace>${SERVICE_NAMESPACES[service]}</tds:Namespace>` +
      `<tds:XAddr>${escapeXml(context.address(service))}</tds:XAddr><tds:Version>${VERSION}</tds:Version></tds:Service>`,
  );
  return `<tds:GetServicesResponse>${list.join('')}</tds:GetServicesResponse>`;
}

function capabilities(context: AnswerContext, category = 'All'): string {
  const offered = offeredServices(context.model);
  const part = (name: string, service: ServiceName, more = ''): string =>
    offered.includes(service) && (category === 'All' || category === name)
      ? `<tt:${name}><tt:XAddr>${escapeXml(context.address(service))}</tt:XAddr>${more}</tt:${name}>`
      : '';
  const extension = [part('Recording', 'recording'), part('Search', 'search'), part('Replay', 'replay')].join('');
  return [
    part('Device', 'device'),
    part(
      'Events',
      'events',
      '<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport><tt:WSPullPointSupport>true</tt:WSPullPointSupport>' +
        '<tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>',
    ),
    part('Imaging', 'imaging'),
    part(
      'Media',
      'media',
      '<tt:StreamingCapabilities><tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities>',
    ),
    part('PTZ', 'ptz'),
    extension === '' ? '' : `<tt:Extension>${extension}</tt:Extension>`,
  ].join('');
}

function dateAndTime(ms: number): string {
  const now = new Date(ms);
  const time = `<tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second>`;
  const date = `<tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day>`;
  const both = `<tt:Time>${time}</tt:Time><tt:Date>${date}</tt:Date>`;
  return (
    '<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone>' +
    `<tt:UTCDateTime>${both}</tt:UTCDateTime><tt:LocalDateTime>${both}</tt:LocalDateTime>`
  );
}

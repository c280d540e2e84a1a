import { readProbeMatches, writeProbe } from '#ingest/onvif/discovery-message.ts';
import { readNotifications } from '#ingest/onvif/notification.ts';
import { readEnvelope } from '#ingest/onvif/soap-message.ts';
import { parseXml, writeXml } from '#ingest/onvif/xml.ts';
import { type FuzzTarget, must, refusal } from './fuzz-target.ts';

const CODES = ['ONVIF_ANSWER_INVALID', 'ONVIF_AUTH_REJECTED', 'ONVIF_UNSUPPORTED', 'ONVIF_REFUSED'];
const WORDS = [
  '<',
  '>',
  '</',
  '/>',
  '&amp;',
  '&#x41;',
  '&#0;',
  '&',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a>',
  ' xmlns="u"',
  ' xmlns:p="u"',
  '<s:Fault>',
  '"',
  "'",
  '\u{1f600}',
];

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:t="t"><s:Body>${body}</s:Body></s:Envelope>`;
const ANSWERS = [
  '<t:GetProfilesResponse><t:Profiles token="a&amp;b" fixed="true"><t:Name>main</t:Name><!-- no --><![CDATA[x]]></t:Profiles></t:GetProfilesResponse>',
  '<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>',
  '<t:PullMessagesResponse><t:NotificationMessage><t:Topic>tns1:VideoSource/MotionAlarm</t:Topic><t:Message><t:Message UtcTime="2026-01-02T03:04:05Z" PropertyOperation="Changed"><t:Data><t:SimpleItem Name="State" Value="true"/></t:Data></t:Message></t:Message></t:NotificationMessage></t:PullMessagesResponse>',
].map(envelope);
const MATCH = envelope(
  '<t:ProbeMatches><t:ProbeMatch><t:EndpointReference><t:Address>urn:uuid:1</t:Address></t:EndpointReference>' +
    '<t:Scopes>onvif://www.onvif.org/name/A%20B onvif://www.onvif.org/location/%E4 x</t:Scopes>' +
    '<t:XAddrs>http://10.0.0.2/onvif/device_service http://[fe80::1]/x javascript:x</t:XAddrs></t:ProbeMatch></t:ProbeMatches>',
);

/** What ONVIF devices answer. */
export const ONVIF_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'xml',
    seeds: () => ANSWERS.map((text) => Buffer.from(text)),
    words: WORDS,
    run(bytes) {
      refusal(['ONVIF_ANSWER_INVALID'], () => {
        const text = writeXml(parseXml(bytes.toString('utf8')));
        must(writeXml(parseXml(text)) === text, 'what is written reads the same');
      });
    },
  },
  {
    name: 'onvif-answer',
    seeds: () => ANSWERS.map((text) => Buffer.from(text)),
    words: WORDS,
    run(bytes) {
      refusal(CODES, () => {
        for (const { topic, deviceTimeMs, data, source } of readNotifications(readEnvelope(bytes.toString('utf8')))) {
          must(topic.length <= 300 && data.size <= 32 && source.size <= 32, 'a notification is within bounds');
          must(deviceTimeMs === undefined || Number.isFinite(deviceTimeMs), 'a time is a time');
        }
      });
    },
  },
  {
    name: 'ws-discovery',
    seeds: () => [Buffer.from(MATCH), Buffer.from(writeProbe('1', 'tds:Device'))],
    words: [...WORDS, '%', 'http://', 'onvif://www.onvif.org/name/', '[', ' '],
    run(bytes) {
      const devices = readProbeMatches(bytes, '10.0.0.2');
      must(devices.length <= 64, 'no more devices than a datagram may tell');
      for (const { endpointReference, serviceUrls } of devices) {
        must(endpointReference.length <= 200, 'a name is within bounds');
        must(
          serviceUrls.every((url) => /^https?:/i.test(url) && !/[\r\n]/.test(url)),
          'addresses are of HTTP',
        );
      }
    },
  },
];

import { escapeXml, find, numberAt, textAt, type XmlElement } from '../onvif/xml.ts';
import { type AnswerContext, durationMs } from './onvif-answer-context.ts';
import { OnvifFault } from './onvif-request.ts';

const DEFAULT_LIFETIME_MS = 60_000;
const MAX_WAIT_MS = 60_000;
const SUBSCRIPTION_NAMESPACE = 'urn:vantage:simulator';

/**
 * Pull points. Which one is meant stands in a reference parameter, not in the address, which some makers do as well.
 * @returns undefined when the service has no such operation
 * @see ONVIF Core Specification §9.2
 */
export async function answerEvents(
  request: XmlElement,
  header: XmlElement | undefined,
  context: AnswerContext,
): Promise<string | undefined> {
  const { events } = context;
  const named = find(header, 'SubscriptionId');
  const id = named?.namespace === SUBSCRIPTION_NAMESPACE ? named.text : '';
  switch (request.name) {
    case 'CreatePullPointSubscription': {
      const lifetimeMs = durationMs(textAt(request, 'InitialTerminationTime'), DEFAULT_LIFETIME_MS);
      const created = events.subscribe(lifetimeMs);
      if (created === undefined) throw new OnvifFault('Receiver', ['ter:Action'], 'too many subscriptions');
      return (
        `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>${escapeXml(context.address('events'))}</wsa:Address>` +
        `<wsa:ReferenceParameters><sim:SubscriptionId xmlns:sim="${SUBSCRIPTION_NAMESPACE}">${created}</sim:SubscriptionId></wsa:ReferenceParameters>` +
        `</tev:SubscriptionReference>${times('wsnt', context, context.deviceNowMs() + lifetimeMs)}</tev:CreatePullPointSubscriptionResponse>`
      );
    }
    case 'PullMessages': {
      const waitMs = Math.min(MAX_WAIT_MS, durationMs(textAt(request, 'Timeout'), 1000));
      const pulled = await events.pull(id, { waitMs, limit: Math.max(1, numberAt(request, 'MessageLimit') ?? 10) });
      if (!pulled) throw noSubscription();
      return `<tev:PullMessagesResponse>${times('tev', context, pulled.endsMs)}${pulled.messages.join('')}</tev:PullMessagesResponse>`;
    }
    case 'Renew': {
      const endsMs = events.renew(id, durationMs(textAt(request, 'TerminationTime'), DEFAULT_LIFETIME_MS));
      if (endsMs === undefined) throw noSubscription();
      return `<wsnt:RenewResponse>${times('wsnt', context, endsMs, true)}</wsnt:RenewResponse>`;
    }
    case 'Unsubscribe':
      if (!events.unsubscribe(id)) throw noSubscription();
      return '<wsnt:UnsubscribeResponse/>';
    default:
      return undefined;
  }
}

function times(prefix: 'wsnt' | 'tev', context: AnswerContext, endsMs: number, endFirst = false): string {
  const current = `<${prefix}:CurrentTime>${new Date(context.deviceNowMs()).toISOString()}</${prefix}:CurrentTime>`;
  const end = `<${prefix}:TerminationTime>${new Date(endsMs).toISOString()}</${prefix}:TerminationTime>`;
  return endFirst ? end + current : current + end;
}

function noSubscription(): OnvifFault {
  return new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:NoSubscription'], 'there is no such subscription');
}

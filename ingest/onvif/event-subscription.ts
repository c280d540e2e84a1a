import { toAppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import { type OnvifNotification, readNotifications } from './notification.ts';
import type { OnvifDevice } from './onvif-device.ts';
import { SERVICE_NAMESPACES, XML_NAMESPACES } from './soap-message.ts';
import { find, textAt, timeAt, writeXml, type XmlElement } from './xml.ts';

const EVENT_ACTIONS = SERVICE_NAMESPACES.events;
const MANAGER_ACTIONS = 'http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager';
/** A subscription that we lost ends by itself after this long. */
const LIFETIME_S = 60;
const MESSAGE_LIMIT = 100;
const MAX_REFERENCE_LENGTH = 4000;

/** A pull point: the device keeps its notifications until they are fetched. @see ONVIF Core Specification §9.2 */
export class EventSubscription {
  readonly #device: OnvifDevice;
  readonly #url: string;
  readonly #reference: string;
  #endsDeviceMs: number;
  #canRenew = true;

  private constructor(device: OnvifDevice, created: XmlElement) {
    const reference = find(created, 'SubscriptionReference');
    this.#device = device;
    this.#url = device.reachedHttp(textAt(reference, 'Address'));
    // Which subscription is meant may stand here in place of the address; it is sent back as it came.
    const parameters = find(reference, 'ReferenceParameters')?.children.map(writeXml).join('') ?? '';
    if (parameters.length > MAX_REFERENCE_LENGTH)
      throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'reference parameters' });
    this.#reference = parameters;
    this.#endsDeviceMs = endOf(device, created);
  }

  static async create(device: OnvifDevice, signal?: AbortSignal): Promise<EventSubscription> {
    const url = device.serviceAddress('events');
    const created = await device.request({
      url,
      action: `${EVENT_ACTIONS}/EventPortType/CreatePullPointSubscriptionRequest`,
      body:
        `<CreatePullPointSubscription xmlns="${EVENT_ACTIONS}"><InitialTerminationTime>PT${LIFETIME_S}S</InitialTerminationTime>` +
        '</CreatePullPointSubscription>',
      addressing: { action: `${EVENT_ACTIONS}/EventPortType/CreatePullPointSubscriptionRequest`, to: url },
      signal,
    });
    return new EventSubscription(device, created);
  }

  /**
   * Waits for notifications; renews the subscription first when less than half of its time is left.
   * @param waitMs how long the device may hold the request back while there is nothing to tell
   */
  async pull(waitMs: number, signal?: AbortSignal): Promise<readonly OnvifNotification[]> {
    if (this.#endsDeviceMs - this.#device.deviceNowMs() < (LIFETIME_S * 1000) / 2) await this.#renew(signal);
    const answer = await this.#send(
      `${EVENT_ACTIONS}/PullPointSubscription/PullMessagesRequest`,
      `<PullMessages xmlns="${EVENT_ACTIONS}"><Timeout>PT${(waitMs / 1000).toFixed(0)}S</Timeout>` +
        `<MessageLimit>${MESSAGE_LIMIT}</MessageLimit></PullMessages>`,
      signal,
      waitMs + 5000,
    );
    if (answer.name !== 'PullMessagesResponse')
      throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: answer.name.slice(0, 40) });
    // Many devices prolong the subscription with each pull, and say so.
    if (timeAt(answer, 'TerminationTime') !== undefined) this.#endsDeviceMs = endOf(this.#device, answer);
    return readNotifications(answer);
  }

  async unsubscribe(signal?: AbortSignal): Promise<void> {
    await this.#send(
      `${MANAGER_ACTIONS}/UnsubscribeRequest`,
      `<Unsubscribe xmlns="${XML_NAMESPACES.notification}"/>`,
      signal,
    );
  }

  async #renew(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#canRenew) return;
    try {
      const answer = await this.#send(
        `${MANAGER_ACTIONS}/RenewRequest`,
        `<Renew xmlns="${XML_NAMESPACES.notification}"><TerminationTime>PT${LIFETIME_S}S</TerminationTime></Renew>`,
        signal,
      );
      this.#endsDeviceMs = endOf(this.#device, answer);
    } catch (error) {
      if (toAppError(error).code !== 'ONVIF_UNSUPPORTED') throw error;
      this.#canRenew = false;
    }
  }

  async #send(action: string, body: string, signal?: AbortSignal, timeoutMs?: number): Promise<XmlElement> {
    const addressing = { action, to: this.#url, referenceParameters: this.#reference };
    return await this.#device.request({ url: this.#url, action, body, addressing, signal, timeoutMs });
  }
}

/** The end of a subscription on the clock of the device, which the answer tells as well; both may be missing. */
function endOf(device: OnvifDevice, answer: XmlElement): number {
  const nowMs = timeAt(answer, 'CurrentTime') ?? device.deviceNowMs();
  const lastsMs = (timeAt(answer, 'TerminationTime') ?? nowMs + LIFETIME_S * 1000) - nowMs;
  return device.deviceNowMs() + Math.max(0, lastsMs);
}

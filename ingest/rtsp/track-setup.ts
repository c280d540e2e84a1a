import { AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { InterleavedLinks } from './interleaved-links.ts';
import { headerOf, type HeadersToWrite, type RtspResponse } from './rtsp-message.ts';
import { errorOfStatus, Redirected, throwRedirect } from './rtsp-status.ts';
import type { LiveTrack, PacketTaker, TrackLink, TrackPlan } from './track-plan.ts';
import { parseTransport, type TransportAnswer } from './transport-header.ts';
import { UdpLink } from './udp-link.ts';

export type LinkKind = TrackLink['transport'];

export interface TrackSetupDeps {
  request(method: string, uri: string, headers: HeadersToWrite): Promise<RtspResponse>;
  /** Tried in this order for the first track; the others come the way that it was granted. */
  readonly transports: readonly LinkKind[];
  readonly interleaved: InterleavedLinks;
  /** Of the RTSP connection. */
  readonly addresses: { readonly local: string; readonly remote: string } | undefined;
  readonly clock: Clock;
  takerOf(plan: TrackPlan): PacketTaker;
  /** Each answer that granted a track; the session's id and time-out are in it. */
  onGranted(response: RtspResponse): void;
}

/** A link that waits for the camera's answer. */
interface Offer {
  readonly link: TrackLink;
  readonly header: string;
  accept(answer: TransportAnswer): void;
}

/**
 * Sets up one track after the other. An optional one that is refused is left out.
 * @throws {Redirected | AppError} what the camera answered for a track that must be there
 */
export async function setUpTracks(plans: readonly TrackPlan[], deps: TrackSetupDeps): Promise<readonly LiveTrack[]> {
  const live: LiveTrack[] = [];
  let { transports } = deps;
  try {
    for (const [index, plan] of plans.entries()) {
      const link = await setUpTrack(plan, index, transports, deps).catch((thrown: unknown) => {
        if (!plan.isOptional || thrown instanceof Redirected) throw thrown;
        return undefined;
      });
      if (!link) continue;
      live.push({ ...plan, link });
      transports = [link.transport];
    }
    return live;
  } catch (thrown) {
    for (const { link } of live) link.close();
    throw thrown;
  }
}

async function setUpTrack(
  plan: TrackPlan,
  index: number,
  transports: readonly LinkKind[],
  deps: TrackSetupDeps,
): Promise<TrackLink> {
  let refusal: AppError | undefined;
  for (const transport of transports) {
    const outcome = await trySetUp(
      plan,
      transport === 'tcp' ? offerTcp(plan, index, deps) : await offerUdp(plan, deps),
      deps,
    );
    if (!(outcome instanceof AppError)) return outcome;
    // The first refusal tells most, unless it only was about the transport.
    if (!refusal || refusal.code === 'RTSP_TRANSPORT_REFUSED') refusal = outcome;
  }
  throw refusal ?? ingestErrors.RTSP_TRANSPORT_REFUSED({ detail: 'none left to try' });
}

/** @returns the link, or a refusal after which another transport is worth a try */
async function trySetUp(plan: TrackPlan, offer: Offer, deps: TrackSetupDeps): Promise<TrackLink | AppError> {
  const { link, header } = offer;
  try {
    const response = await deps.request('SETUP', plan.controlUrl, { Transport: header });
    throwRedirect(response);
    const answer = parseTransport(headerOf(response, 'transport'));
    const isOther = answer.transport !== undefined && answer.transport !== link.transport;
    const error =
      errorOfStatus(response, 'SETUP') ??
      (isOther
        ? ingestErrors.RTSP_TRANSPORT_REFUSED({ asked: link.transport, answered: answer.transport })
        : undefined);
    if (error) {
      link.close();
      const isAboutUs = error.code === 'RTSP_AUTH_REJECTED' || response.status >= 500;
      if (isAboutUs) throw error;
      return error;
    }
    deps.onGranted(response);
    offer.accept(answer);
    return link;
  } catch (thrown) {
    link.close();
    throw thrown instanceof Redirected ? thrown : toAppError(thrown);
  }
}

function offerTcp(plan: TrackPlan, index: number, deps: TrackSetupDeps): Offer {
  const [rtp, rtcp] = [index * 2, index * 2 + 1] as const;
  const link = deps.interleaved.add(deps.takerOf(plan), rtp, rtcp);
  return {
    link,
    header: `RTP/AVP/TCP;unicast;interleaved=${rtp}-${rtcp}`,
    accept: ({ channels }) => {
      if (channels) link.useChannels(channels.rtp, channels.rtcp);
    },
  };
}

async function offerUdp(plan: TrackPlan, deps: TrackSetupDeps): Promise<Offer> {
  const { addresses, clock } = deps;
  if (!addresses) throw ingestErrors.STREAM_ENDED({ reason: 'closed' });
  const link = await UdpLink.open({
    localAddress: addresses.local,
    remoteAddress: addresses.remote,
    taker: deps.takerOf(plan),
    clock,
  });
  return {
    link,
    header: `RTP/AVP;unicast;client_port=${link.ports.rtp}-${link.ports.rtcp}`,
    accept: (answer) => link.aim(answer),
  };
}

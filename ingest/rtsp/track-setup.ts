import { AppError, toAppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import type { InterleavedLinks } from './interleaved-links.ts';
import { headerOf, type HeadersToWrite, type RtspResponse } from './rtsp-message.ts';
import { errorOfStatus, Redirected, throwRedirect } from './rtsp-status.ts';
import type { LiveTrack, PacketTaker, TrackLink, TrackPlan } from './track-plan.ts';
import { parseTransport } from './transport-header.ts';

export interface TrackSetupDeps {
  request(method: string, uri: string, headers: HeadersToWrite): Promise<RtspResponse>;
  readonly interleaved: InterleavedLinks;
  takerOf(plan: TrackPlan): PacketTaker;
  /** Each answer that granted a track; the session's id and time-out are in it. */
  onGranted(response: RtspResponse): void;
}

/**
 * Sets up one track after the other. An optional one that is refused is left out.
 * @throws {Redirected | AppError} what the camera answered for a track that must be there
 */
export async function setUpTracks(plans: readonly TrackPlan[], deps: TrackSetupDeps): Promise<readonly LiveTrack[]> {
  const live: LiveTrack[] = [];
  try {
    for (const [index, plan] of plans.entries()) {
      const link = await setUpTcp(plan, index, deps).catch((thrown: unknown) => {
        if (!plan.isOptional || thrown instanceof Redirected) throw thrown;
        return toAppError(thrown);
      });
      if (!(link instanceof AppError)) live.push({ ...plan, link });
    }
    return live;
  } catch (thrown) {
    for (const { link } of live) link.close();
    throw thrown;
  }
}

async function setUpTcp(plan: TrackPlan, index: number, deps: TrackSetupDeps): Promise<TrackLink> {
  const link = deps.interleaved.add(deps.takerOf(plan), index * 2, index * 2 + 1);
  try {
    const response = await deps.request('SETUP', plan.controlUrl, {
      Transport: `RTP/AVP/TCP;unicast;interleaved=${index * 2}-${index * 2 + 1}`,
    });
    throwRedirect(response);
    const { transport, channels } = parseTransport(headerOf(response, 'transport'));
    const error: AppError | undefined =
      errorOfStatus(response, 'SETUP') ??
      (transport === 'udp' ? ingestErrors.RTSP_TRANSPORT_REFUSED({ detail: 'answered UDP' }) : undefined);
    if (error) throw error;
    if (channels) link.useChannels(channels.rtp, channels.rtcp);
    deps.onGranted(response);
    return link;
  } catch (thrown) {
    link.close();
    throw thrown;
  }
}

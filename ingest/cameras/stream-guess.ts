import type { Credentials } from '../rtsp/rtsp-auth.ts';
import { probeCamera, type ProbeOptions, type ProbeResult } from './camera-probe.ts';

export interface GuessOptions extends Omit<ProbeOptions, 'url'> {
  /** As in a URL. */
  readonly host: string;
  readonly credentials: Credentials | undefined;
  /** What the person gave; looked at first. */
  readonly port?: number | undefined;
  /** @default 554 and 8554 */
  readonly rtspPorts?: readonly number[];
}

const PORTS = [554, 8554];
/** Where makers put their main stream. */
const PATHS = [
  '/Streaming/Channels/101',
  '/cam/realmonitor?channel=1&subtype=0',
  '/axis-media/media.amp',
  '/h264Preview_01_main',
  '/stream1',
  '/live/main',
  '/live',
  '/media/video1',
  '/videoMain',
  '/onvif1',
  '/11',
  '/',
];

/**
 * Tries the RTSP addresses that makers use, until one has a stream, or refuses for another reason than the path: a wrong password is not
 * sent a second time.
 *
 * @returns the last try when no path has a stream; undefined when nothing speaks RTSP
 */
export async function guessStream(
  options: GuessOptions,
  signal?: AbortSignal,
): Promise<{ readonly url: string; readonly result: ProbeResult } | undefined> {
  let nearest: { readonly url: string; readonly result: ProbeResult } | undefined;
  const { port: given, rtspPorts = PORTS } = options;
  for (const port of new Set(given === undefined ? rtspPorts : [given, ...rtspPorts])) {
    for (const path of PATHS) {
      if (signal?.aborted) return undefined;
      const url = `rtsp://${options.host}:${port}${path}`;
      const result = await probeCamera({ ...options, url }, signal);
      // Who does not speak RTSP does so at no path.
      if (!result.steps.some(({ step, ok }) => step === 'rtsp' && ok)) break;
      if (result.error?.code !== 'RTSP_STREAM_NOT_FOUND') return { url, result };
      nearest = { url, result };
    }
  }
  return nearest;
}

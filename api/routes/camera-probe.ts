import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { parseFingerprint } from '#ingest/rtsp/fingerprint.ts';
import type { ApiDeps } from '../api-deps.ts';
import { reasonOf, toFoundCamera } from '../camera-view.ts';
import { type ProbeLine, ProbeRequest, ProbeResult, type ProbeStep } from '../contract/cameras.ts';
import { requirePermission } from '../plugins/auth.ts';

const LINES = 'application/x-ndjson';

type Outcome = Awaited<ReturnType<ApiDeps['cameras']['probe']>>;

/** Trying an address before anything is stored. */
export function addCameraProbeRoute(app: FastifyInstance, { cameras, log }: ApiDeps): void {
  async function probe(
    { url, username, password, transport, certificateSha256 }: ProbeRequest,
    more: { readonly onStep?: (step: ProbeStep) => void; readonly signal: AbortSignal },
  ): Promise<ProbeResult> {
    const outcome = await cameras.probe({
      url,
      username: username || undefined,
      password: password || undefined,
      transport,
      certificateSha256: parseFingerprint(certificateSha256),
      onStep: more.onStep && ((step) => more.onStep?.(toStep(step))),
      signal: more.signal,
    });
    const picture = outcome.keyFrame
      ? await cameras.decode('probe', outcome.keyFrame).catch(() => undefined)
      : undefined;
    const found = toFoundCamera(outcome.found);
    const fingerprint = outcome.error?.context['certificateSha256'];
    return {
      steps: outcome.steps.map(toStep),
      ...(typeof fingerprint === 'string' ? { certificateSha256: fingerprint } : {}),
      ...(picture ? { picture: `data:image/jpeg;base64,${picture.toString('base64')}` } : {}),
      ...(found ? { found } : {}),
    };
  }

  app.post<{ Body: ProbeRequest }>(
    '/api/cameras/probe',
    {
      schema: {
        tags: ['cameras'],
        body: ProbeRequest,
        response: { 200: ProbeResult },
        description: `With Accept: ${LINES} each step comes in a line of its own as it is passed, then the whole.`,
      },
      preValidation: requirePermission('camera.manage'),
    },
    async (request, reply) => {
      const left = new AbortController();
      // Who goes away does not want to know any more; the camera is left in peace.
      reply.raw.once('close', () => left.abort());
      const { signal } = left;
      if (!request.headers.accept?.includes(LINES)) return await probe(request.body, { signal });
      const lines = new PassThrough();
      const write = (line: ProbeLine): void => {
        if (!signal.aborted) lines.write(`${JSON.stringify(line)}\n`);
      };
      void probe(request.body, { signal, onStep: (step) => write({ step }) }).then(
        (result) => {
          write({ result });
          lines.end();
        },
        (error: unknown) => {
          log.error({ err: error }, 'camera probe failed');
          lines.destroy();
        },
      );
      return reply.type(LINES).header('cache-control', 'no-store').header('x-accel-buffering', 'no').send(lines);
    },
  );
}

function toStep(step: Outcome['steps'][number]): ProbeStep {
  const reason = reasonOf(step.errorCode);
  return { ...step, ...(reason ? { reason } : {}) };
}

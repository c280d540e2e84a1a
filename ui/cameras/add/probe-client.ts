import type { ProbeLine, ProbeRequest, ProbeResult, ProbeStep } from '#api/contract/cameras.ts';
import { request } from '../../shared/api-client.ts';

/** Parts of a text, cut anywhere, as whole lines; the last one may lack its end. */
export async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const part of parts) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      yield decoder.decode(next.value, { stream: true });
  } finally {
    reader.releaseLock();
  }
}

/** Tries an address; `onStep` is told of each step as the camera passes it. */
export async function probeCamera(
  body: ProbeRequest,
  { onStep, signal }: { readonly onStep: (step: ProbeStep) => void; readonly signal: AbortSignal },
): Promise<ProbeResult> {
  const response = await request('/api/cameras/probe', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
    body: JSON.stringify(body),
    signal,
  });
  let result: ProbeResult | undefined;
  if (response.body) {
    for await (const text of linesOf(textOf(response.body))) {
      const line = JSON.parse(text) as ProbeLine;
      if ('step' in line) onStep(line.step);
      else result = line.result;
    }
  }
  if (!result) throw new Error('the probe broke off');
  return result;
}

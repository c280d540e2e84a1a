import type { Camera, ProbeStep } from '#api/contract/cameras.ts';
import { sendJson } from '../../shared/api-client.ts';
import type { DiscoveredRow } from './discovered.ts';
import { foundInput, suggestName } from './found-input.ts';
import { probeCamera } from './probe-client.ts';
import { isPassed } from './use-probe.ts';

export type RowOutcome =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'probing'; readonly step: ProbeStep['step'] | undefined }
  | { readonly phase: 'added'; readonly camera: Camera }
  | { readonly phase: 'failed'; readonly step: ProbeStep | undefined; readonly error: unknown };

/** Probes and adds one after another, each told as it goes; one that fails does not stop the rest. */
export async function addMany(
  rows: readonly DiscoveredRow[],
  options: {
    readonly username: string;
    readonly password: string;
    readonly takenNames: ReadonlySet<string>;
    readonly signal: AbortSignal;
    onOutcome: (rowId: string, outcome: RowOutcome) => void;
  },
): Promise<void> {
  const { signal, onOutcome } = options;
  const taken = new Set(options.takenNames);
  for (const row of rows) {
    if (signal.aborted) return;
    onOutcome(row.id, { phase: 'probing', step: undefined });
    const asked = {
      url: row.address,
      ...(options.username.trim() === '' ? {} : { username: options.username.trim() }),
      ...(options.password === '' ? {} : { password: options.password }),
    };
    try {
      const result = await probeCamera(asked, {
        signal,
        onStep: ({ step }) => onOutcome(row.id, { phase: 'probing', step }),
      });
      if (!isPassed(result)) {
        onOutcome(row.id, { phase: 'failed', step: result.steps.find(({ ok }) => !ok), error: undefined });
        continue;
      }
      const name = suggestName(row.address, { found: result.found, given: row.device.name }, taken);
      const camera = await sendJson<Camera>(
        'POST',
        '/api/cameras',
        foundInput(asked, result, { name, area: '', scene: 'road' }),
        signal,
      );
      taken.add(camera.name);
      onOutcome(row.id, { phase: 'added', camera });
    } catch (error) {
      if (signal.aborted) return;
      onOutcome(row.id, { phase: 'failed', step: undefined, error });
    }
  }
}

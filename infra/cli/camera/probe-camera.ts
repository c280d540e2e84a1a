import type { AddressProbeResult, FoundCamera } from '#ingest/cameras/address-probe.ts';
import { type ConnectionOptions, credentialsOf } from './options.ts';

/** Tries an address with the settings of this machine. */
export async function probeFromCli(url: string, options: ConnectionOptions): Promise<AddressProbeResult> {
  const [{ probeAddress }, { systemClock }, { readConfig }, { ingestConfigSchema }] = await Promise.all([
    import('#ingest/cameras/address-probe.ts'),
    import('#infra/runtime/clock.ts'),
    import('#infra/runtime/config.ts'),
    import('#ingest/config.ts'),
  ]);
  const { connectTimeoutMs, onvifVerifyTls, tlsCaFile } = readConfig('INGEST', ingestConfigSchema, process.env);
  return await probeAddress({
    url,
    credentials: credentialsOf(options),
    transport: options.transport,
    trust: { caFile: tlsCaFile, certificateSha256: options.certificateSha256 },
    connectTimeoutMs,
    verifyTls: onvifVerifyTls,
    clock: systemClock,
  });
}

/** Step by step, and what is wrong in one sentence with what to do. */
export function printProbe({ steps, error, found }: AddressProbeResult): void {
  for (const one of steps)
    console.log(`${one.ok ? 'ok  ' : 'FAIL'} ${one.step.padEnd(9)} ${one.detail ?? ''}`.trimEnd());
  for (const { kind, url } of found?.streams ?? []) console.log(`     ${kind.padEnd(9)} ${url}`);
  if (found?.onvif?.hasPtz) console.log('     it can be steered (PTZ)');
  if (error) console.error(`${error.code}: ${error.message} ${error.text.remedyEn}`);
}

/** For `--json`: without the password. */
export function withoutCredentials(found: FoundCamera | undefined): Omit<FoundCamera, 'credentials'> | undefined {
  if (!found) return undefined;
  const { credentials: _, ...rest } = found;
  return rest;
}

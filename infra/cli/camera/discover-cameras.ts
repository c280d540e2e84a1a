export interface DiscoverOptions {
  readonly seconds: number;
  readonly interface?: string;
  readonly json?: boolean;
}

/** Searches the local network and prints what answered. */
export async function discoverFromCli(options: DiscoverOptions): Promise<void> {
  const [{ discoverDevices }, { systemClock }] = await Promise.all([
    import('#ingest/onvif/discovery.ts'),
    import('#infra/runtime/clock.ts'),
  ]);
  const devices = await discoverDevices({
    durationMs: options.seconds * 1000,
    interfaceName: options.interface,
    clock: systemClock,
  });
  if (options.json) {
    console.log(JSON.stringify({ devices }));
    return;
  }
  for (const { address, name = '', hardware = '', location = '', serviceUrls } of devices)
    console.log([address, name, hardware, location, serviceUrls[0]].join('\t'));
  console.log(
    devices.length === 0
      ? 'No camera answered: ONVIF may be off in them, or they are in another network (then give their address to `camera probe`).'
      : `${devices.length} found. Next: ./vantage camera probe ADDRESS --username … --password-env …`,
  );
}

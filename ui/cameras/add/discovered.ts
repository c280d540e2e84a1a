import type { Camera, DiscoveredDevice } from '#api/contract/cameras.ts';
import { hostOf } from './found-input.ts';

export interface DiscoveredRow {
  readonly id: string;
  readonly device: DiscoveredDevice;
  /** What a probe is to be given. */
  readonly address: string;
  /** The camera of the registry that it is, or that is at the same host. */
  readonly camera: Camera | undefined;
  /** It is that camera; else only the host is the same, as behind one recorder or one router. */
  readonly isKnown: boolean;
}

/** `http://10.0.0.8:8080/onvif` → `10.0.0.8:8080` */
export function authorityOf(url: string): string {
  return /^[a-z]+:\/\/([^/]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** IPv4 in clear before the rest: what nearly every camera answers at. */
function bestAddress({ serviceUrls, address }: DiscoveredDevice): string {
  const order = (url: string): number => (url.includes('[') ? 2 : 0) + (url.startsWith('https') ? 1 : 0);
  return [...serviceUrls].sort((a, b) => order(a) - order(b))[0] ?? address;
}

/** What answered, new ones first, each compared with the registry. */
export function discoveredRows(devices: readonly DiscoveredDevice[], cameras: readonly Camera[]): DiscoveredRow[] {
  const byService = new Map<string, Camera>();
  const byHost = new Map<string, Camera>();
  for (const camera of cameras) {
    if (camera.onvif) byService.set(authorityOf(camera.onvif.serviceUrl), camera);
    byHost.set(hostOf(camera.url), camera);
  }
  return devices
    .map((device): DiscoveredRow => {
      const address = bestAddress(device);
      const known = device.serviceUrls.map((url) => byService.get(authorityOf(url))).find((one) => one !== undefined);
      return {
        id: device.endpointReference,
        device,
        address,
        camera: known ?? byHost.get(hostOf(address)),
        isKnown: known !== undefined,
      };
    })
    .sort(
      (a, b) => Number(a.isKnown) - Number(b.isKnown) || a.address.localeCompare(b.address, 'en', { numeric: true }),
    );
}

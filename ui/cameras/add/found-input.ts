import type { Camera, CameraInput, FoundCamera, ProbeRequest, ProbeResult } from '#api/contract/cameras.ts';

/** Host of an address in any form that the probe takes, without its port. */
export function hostOf(address: string): string {
  const bare = address
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^[^/@]*@/, '');
  return /^(\[[^\]]+\]|[^/:]+)/.exec(bare)?.[1] ?? bare;
}

/** A name to begin with, which no other camera has. */
export function suggestName(
  address: string,
  { found, given }: { readonly found: FoundCamera | undefined; readonly given?: string | undefined },
  taken: ReadonlySet<string>,
): string {
  const maker = [found?.manufacturer, found?.model].filter((part) => part !== undefined && part !== '').join(' ');
  const base = (given?.trim() || [maker, hostOf(address)].filter((part) => part !== '').join(' · ')).slice(0, 70);
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.has(`${base} ${number}`)) return `${base} ${number}`;
}

/** What is stored of a camera that a probe has found: as most cameras are watched, to be changed later. */
export function foundInput(
  asked: ProbeRequest,
  result: ProbeResult,
  more: { readonly name: string; readonly area: string; readonly scene: Camera['scene'] },
): CameraInput {
  const streams = result.found?.streams ?? [];
  const urlOf = (kind: 'main' | 'sub'): string | undefined => streams.find((stream) => stream.kind === kind)?.url;
  const subUrl = urlOf('sub');
  const { username, password, transport, certificateSha256 } = asked;
  const onvif = result.found?.onvif;
  return {
    name: more.name.trim(),
    number: '',
    area: more.area.trim(),
    scene: more.scene,
    url: urlOf('main') ?? asked.url,
    recording: { mode: 'continuous' },
    analysis: { mode: 'keyframes' },
    rules: [],
    ...(subUrl === undefined ? {} : { subUrl }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(transport === undefined ? {} : { transport }),
    ...(certificateSha256 === undefined ? {} : { certificateSha256 }),
    ...(onvif === undefined ? {} : { onvif }),
  };
}

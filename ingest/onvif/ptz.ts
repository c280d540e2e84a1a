import { ingestErrors } from '../errors.ts';
import type { OnvifDevice } from './onvif-device.ts';
import { escapeXml, find, findAll, textAt, type XmlElement } from './xml.ts';

/** Pan and tilt -1..1, right and up positive; zoom -1..1 as speed or step, 0..1 as position. */
export interface PtzVector {
  readonly pan?: number | undefined;
  readonly tilt?: number | undefined;
  readonly zoom?: number | undefined;
}

export interface PtzPreset {
  readonly token: string;
  readonly name: string;
}

export interface PtzStatus {
  readonly position: PtzVector;
  readonly isMoving: boolean;
}

const MAX_PRESETS = 500;

/**
 * Moves at this speed until `stopMove`, or until the device's own time is over: some devices ignore `timeoutMs`, so send a stop as well.
 * @see ONVIF PTZ Service Specification §5.3
 */
export async function continuousMove(
  device: OnvifDevice,
  profileToken: string,
  move: { readonly speed: PtzVector; readonly timeoutMs: number },
  signal?: AbortSignal,
): Promise<void> {
  const timeout = `<Timeout>PT${(move.timeoutMs / 1000).toFixed(1)}S</Timeout>`;
  await send(
    device,
    profileToken,
    'ContinuousMove',
    `<Velocity>${vector(move.speed, -1)}</Velocity>${timeout}`,
    signal,
  );
}

export async function absoluteMove(
  device: OnvifDevice,
  profileToken: string,
  position: PtzVector,
  signal?: AbortSignal,
): Promise<void> {
  await send(device, profileToken, 'AbsoluteMove', `<Position>${vector(position, 0)}</Position>`, signal);
}

export async function relativeMove(
  device: OnvifDevice,
  profileToken: string,
  translation: PtzVector,
  signal?: AbortSignal,
): Promise<void> {
  await send(device, profileToken, 'RelativeMove', `<Translation>${vector(translation, -1)}</Translation>`, signal);
}

export async function stopMove(device: OnvifDevice, profileToken: string, signal?: AbortSignal): Promise<void> {
  await send(device, profileToken, 'Stop', '<PanTilt>true</PanTilt><Zoom>true</Zoom>', signal);
}

export async function readPtzStatus(
  device: OnvifDevice,
  profileToken: string,
  signal?: AbortSignal,
): Promise<PtzStatus> {
  const status = find(await send(device, profileToken, 'GetStatus', '', signal), 'PTZStatus');
  const position = find(status, 'Position');
  const value = (element: string, name: string): number | undefined => {
    const text = find(position, element)?.attributes.get(name);
    const number = text === undefined || text === '' ? NaN : Number(text);
    return Number.isFinite(number) ? number : undefined;
  };
  const moving = [textAt(status, 'MoveStatus', 'PanTilt'), textAt(status, 'MoveStatus', 'Zoom')];
  return {
    position: { pan: value('PanTilt', 'x'), tilt: value('PanTilt', 'y'), zoom: value('Zoom', 'x') },
    isMoving: moving.includes('MOVING'),
  };
}

export async function readPresets(
  device: OnvifDevice,
  profileToken: string,
  signal?: AbortSignal,
): Promise<readonly PtzPreset[]> {
  const answer = await send(device, profileToken, 'GetPresets', '', signal);
  return findAll(answer, 'Preset')
    .slice(0, MAX_PRESETS)
    .flatMap((preset) => {
      const token = preset.attributes.get('token')?.slice(0, 100);
      return token ? [{ token, name: (textAt(preset, 'Name') ?? token).slice(0, 100) }] : [];
    });
}

export async function gotoPreset(
  device: OnvifDevice,
  profileToken: string,
  presetToken: string,
  signal?: AbortSignal,
): Promise<void> {
  await send(device, profileToken, 'GotoPreset', `<PresetToken>${escapeXml(presetToken)}</PresetToken>`, signal);
}

/** Keeps where the device looks now; with a token it replaces that preset. @returns the token of the preset */
export async function setPreset(
  device: OnvifDevice,
  profileToken: string,
  preset: { readonly name: string; readonly token?: string },
  signal?: AbortSignal,
): Promise<string> {
  const token = preset.token === undefined ? '' : `<PresetToken>${escapeXml(preset.token)}</PresetToken>`;
  const content = `<PresetName>${escapeXml(preset.name)}</PresetName>${token}`;
  const answer = await send(device, profileToken, 'SetPreset', content, signal);
  const made = textAt(answer, 'PresetToken') ?? preset.token;
  if (made === undefined) throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'no preset token' });
  return made.slice(0, 100);
}

export async function removePreset(
  device: OnvifDevice,
  profileToken: string,
  presetToken: string,
  signal?: AbortSignal,
): Promise<void> {
  await send(device, profileToken, 'RemovePreset', `<PresetToken>${escapeXml(presetToken)}</PresetToken>`, signal);
}

async function send(
  device: OnvifDevice,
  profileToken: string,
  operation: string,
  content: string,
  signal: AbortSignal | undefined,
): Promise<XmlElement> {
  return await device.call({
    service: 'ptz',
    operation,
    content: `<ProfileToken>${escapeXml(profileToken)}</ProfileToken>${content}`,
    signal,
  });
}

/** What is left out stays as it is: pan and tilt go together, so one alone makes the other 0. */
function vector({ pan, tilt, zoom }: PtzVector, zoomMinimum: number): string {
  const clamp = (value: number, minimum: number): string => Math.min(1, Math.max(minimum, value)).toFixed(4);
  const panTilt =
    pan === undefined && tilt === undefined
      ? ''
      : `<tt:PanTilt x="${clamp(pan ?? 0, -1)}" y="${clamp(tilt ?? 0, -1)}"/>`;
  return panTilt + (zoom === undefined ? '' : `<tt:Zoom x="${clamp(zoom, zoomMinimum)}"/>`);
}

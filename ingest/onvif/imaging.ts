import type { OnvifDevice } from './onvif-device.ts';
import { escapeXml, find, findAll, numberAt, textAt, type XmlElement } from './xml.ts';

export type IrCutFilter = 'ON' | 'OFF' | 'AUTO';
export type FocusMode = 'AUTO' | 'MANUAL';

/** Only what the device offers is there; numbers are on its own scale, see {@link ImagingOptions}. */
export interface ImagingSettings {
  readonly brightness?: number | undefined;
  readonly contrast?: number | undefined;
  readonly saturation?: number | undefined;
  readonly sharpness?: number | undefined;
  readonly irCutFilter?: IrCutFilter | undefined;
  readonly focusMode?: FocusMode | undefined;
}

export interface ValueRange {
  readonly minimum: number;
  readonly maximum: number;
}

export interface ImagingOptions {
  readonly brightness: ValueRange | undefined;
  readonly contrast: ValueRange | undefined;
  readonly saturation: ValueRange | undefined;
  readonly sharpness: ValueRange | undefined;
  readonly irCutFilters: readonly IrCutFilter[];
  readonly focusModes: readonly FocusMode[];
}

const IR_CUT_FILTERS: readonly IrCutFilter[] = ['ON', 'OFF', 'AUTO'];
const FOCUS_MODES: readonly FocusMode[] = ['AUTO', 'MANUAL'];

/** @see ONVIF Imaging Service Specification §5.2.1 */
export async function readImaging(device: OnvifDevice, source: string, signal?: AbortSignal): Promise<ImagingSettings> {
  const settings = find(await send(device, source, 'GetImagingSettings', '', signal), 'ImagingSettings');
  return {
    brightness: numberAt(settings, 'Brightness'),
    contrast: numberAt(settings, 'Contrast'),
    saturation: numberAt(settings, 'ColorSaturation'),
    sharpness: numberAt(settings, 'Sharpness'),
    irCutFilter: IR_CUT_FILTERS.find((mode) => mode === textAt(settings, 'IrCutFilter')),
    focusMode: FOCUS_MODES.find((mode) => mode === textAt(settings, 'Focus', 'AutoFocusMode')),
  };
}

/** What the device lets be set, and in which range. */
export async function readImagingOptions(
  device: OnvifDevice,
  source: string,
  signal?: AbortSignal,
): Promise<ImagingOptions> {
  const options = find(await send(device, source, 'GetOptions', '', signal), 'ImagingOptions');
  const range = (name: string): ValueRange | undefined => {
    const minimum = numberAt(options, name, 'Min');
    const maximum = numberAt(options, name, 'Max');
    return minimum === undefined || maximum === undefined ? undefined : { minimum, maximum };
  };
  const texts = (element: XmlElement | undefined, name: string): readonly string[] =>
    findAll(element, name).map(({ text }) => text);
  return {
    brightness: range('Brightness'),
    contrast: range('Contrast'),
    saturation: range('ColorSaturation'),
    sharpness: range('Sharpness'),
    irCutFilters: IR_CUT_FILTERS.filter((mode) => texts(options, 'IrCutFilterModes').includes(mode)),
    focusModes: FOCUS_MODES.filter((mode) => texts(find(options, 'Focus'), 'AutoFocusModes').includes(mode)),
  };
}

/** Sets what is given, and keeps it over a restart of the device. */
export async function setImaging(
  device: OnvifDevice,
  source: string,
  settings: ImagingSettings,
  signal?: AbortSignal,
): Promise<void> {
  const number = (name: string, value: number | undefined): string =>
    value === undefined ? '' : `<tt:${name}>${String(value)}</tt:${name}>`;
  const { focusMode, irCutFilter } = settings;
  // In the order of the schema.
  const content = [
    number('Brightness', settings.brightness),
    number('ColorSaturation', settings.saturation),
    number('Contrast', settings.contrast),
    focusMode ? `<tt:Focus><tt:AutoFocusMode>${focusMode}</tt:AutoFocusMode></tt:Focus>` : '',
    irCutFilter ? `<tt:IrCutFilter>${irCutFilter}</tt:IrCutFilter>` : '',
    number('Sharpness', settings.sharpness),
  ].join('');
  await send(
    device,
    source,
    'SetImagingSettings',
    `<ImagingSettings>${content}</ImagingSettings><ForcePersistence>true</ForcePersistence>`,
    signal,
  );
}

/** Moves the focus at this speed, -1..1, far positive, until `stopFocus`. */
export async function moveFocus(
  device: OnvifDevice,
  source: string,
  speed: number,
  signal?: AbortSignal,
): Promise<void> {
  const content = `<Focus><tt:Continuous><tt:Speed>${speed.toFixed(4)}</tt:Speed></tt:Continuous></Focus>`;
  await send(device, source, 'Move', content, signal);
}

export async function stopFocus(device: OnvifDevice, source: string, signal?: AbortSignal): Promise<void> {
  await send(device, source, 'Stop', '', signal);
}

async function send(
  device: OnvifDevice,
  source: string,
  operation: string,
  content: string,
  signal: AbortSignal | undefined,
): Promise<XmlElement> {
  return await device.call({
    service: 'imaging',
    operation,
    content: `<VideoSourceToken>${escapeXml(source)}</VideoSourceToken>${content}`,
    signal,
  });
}

import { escapeXml, find, numberAt, textAt, type XmlElement } from '../onvif/xml.ts';
import { type Answers, durationMs, type ImagingState, streamOf } from './onvif-answer-context.ts';
import { VIDEO_SOURCE } from './onvif-model.ts';
import type { PtzPosition } from './onvif-ptz-state.ts';
import { OnvifFault } from './onvif-request.ts';

const DEFAULT_MOVE_MS = 10_000;

/** @see ONVIF PTZ Service Specification §5 */
export const answerPtz: Answers = (request, context) => {
  const { ptz } = context;
  const done = `<tptz:${request.name}Response/>`;
  if (request.name !== 'GetNodes' && request.name !== 'GetConfigurations') streamOf(request, context);
  switch (request.name) {
    case 'ContinuousMove':
      ptz.moveAt(readVector(find(request, 'Velocity')), durationMs(textAt(request, 'Timeout'), DEFAULT_MOVE_MS));
      return done;
    case 'AbsoluteMove':
      ptz.moveTo(readVector(find(request, 'Position'), ptz.position));
      return done;
    case 'RelativeMove': {
      const by = readVector(find(request, 'Translation'));
      const { pan, tilt, zoom } = ptz.position;
      ptz.moveTo({ pan: pan + by.pan, tilt: tilt + by.tilt, zoom: zoom + by.zoom });
      return done;
    }
    case 'Stop':
      ptz.stop();
      return done;
    case 'GetStatus': {
      const { pan, tilt, zoom } = ptz.position;
      const state = ptz.isMoving ? 'MOVING' : 'IDLE';
      return (
        `<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="${pan}" y="${tilt}"/><tt:Zoom x="${zoom}"/></tt:Position>` +
        `<tt:MoveStatus><tt:PanTilt>${state}</tt:PanTilt><tt:Zoom>${state}</tt:Zoom></tt:MoveStatus>` +
        `<tt:UtcTime>${new Date(context.deviceNowMs()).toISOString()}</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>`
      );
    }
    case 'GetPresets':
      return `<tptz:GetPresetsResponse>${[...ptz.presets]
        .map(([token, { name }]) => `<tptz:Preset token="${token}"><tt:Name>${escapeXml(name)}</tt:Name></tptz:Preset>`)
        .join('')}</tptz:GetPresetsResponse>`;
    case 'GotoPreset': {
      const preset = ptz.presets.get(textAt(request, 'PresetToken') ?? '');
      if (!preset) throw noPreset();
      ptz.moveTo(preset.position);
      return done;
    }
    case 'SetPreset': {
      const token = textAt(request, 'PresetToken');
      if (token !== undefined && !ptz.presets.has(token)) throw noPreset();
      const kept = ptz.keepPreset(textAt(request, 'PresetName') ?? 'preset', token);
      return `<tptz:SetPresetResponse><tptz:PresetToken>${kept}</tptz:PresetToken></tptz:SetPresetResponse>`;
    }
    case 'RemovePreset':
      if (!ptz.removePreset(textAt(request, 'PresetToken') ?? '')) throw noPreset();
      return done;
    default:
      return undefined;
  }
};

/** @see ONVIF Imaging Service Specification §5 */
export const answerImaging: Answers = (request, { imaging }) => {
  if (textAt(request, 'VideoSourceToken') !== VIDEO_SOURCE)
    throw new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:NoSource'], 'there is no such video source');
  switch (request.name) {
    case 'GetImagingSettings':
      return `<timg:GetImagingSettingsResponse><timg:ImagingSettings>${writeImaging(imaging)}</timg:ImagingSettings></timg:GetImagingSettingsResponse>`;
    case 'GetOptions': {
      const range = (name: string): string => `<tt:${name}><tt:Min>0</tt:Min><tt:Max>100</tt:Max></tt:${name}>`;
      const modes = ['ON', 'OFF', 'AUTO'].map((mode) => `<tt:IrCutFilterModes>${mode}</tt:IrCutFilterModes>`).join('');
      const focus = ['AUTO', 'MANUAL'].map((mode) => `<tt:AutoFocusModes>${mode}</tt:AutoFocusModes>`).join('');
      return (
        `<timg:GetOptionsResponse><timg:ImagingOptions>${range('Brightness')}${range('ColorSaturation')}${range('Contrast')}` +
        `<tt:Focus>${focus}</tt:Focus>${modes}${range('Sharpness')}</timg:ImagingOptions></timg:GetOptionsResponse>`
      );
    }
    case 'SetImagingSettings':
      setImaging(imaging, find(request, 'ImagingSettings'));
      return '<timg:SetImagingSettingsResponse/>';
    case 'Move':
    case 'Stop':
      return `<timg:${request.name}Response/>`;
    default:
      return undefined;
  }
};

function writeImaging(state: ImagingState): string {
  return (
    `<tt:Brightness>${state.brightness}</tt:Brightness><tt:ColorSaturation>${state.saturation}</tt:ColorSaturation>` +
    `<tt:Contrast>${state.contrast}</tt:Contrast><tt:Focus><tt:AutoFocusMode>${state.focusMode}</tt:AutoFocusMode></tt:Focus>` +
    `<tt:IrCutFilter>${state.irCutFilter}</tt:IrCutFilter><tt:Sharpness>${state.sharpness}</tt:Sharpness>`
  );
}

function setImaging(state: ImagingState, settings: XmlElement | undefined): void {
  const value = (name: string, current: number): number => {
    const wanted = numberAt(settings, name) ?? current;
    if (wanted < 0 || wanted > 100) throw new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:SettingsInvalid'], name);
    return wanted;
  };
  Object.assign(state, {
    brightness: value('Brightness', state.brightness),
    contrast: value('Contrast', state.contrast),
    saturation: value('ColorSaturation', state.saturation),
    sharpness: value('Sharpness', state.sharpness),
    irCutFilter: textAt(settings, 'IrCutFilter') ?? state.irCutFilter,
    focusMode: textAt(settings, 'Focus', 'AutoFocusMode') ?? state.focusMode,
  } satisfies ImagingState);
}

function readVector(element: XmlElement | undefined, rest: PtzPosition = { pan: 0, tilt: 0, zoom: 0 }): PtzPosition {
  const value = (name: string, attribute: string, other: number): number => {
    const text = find(element, name)?.attributes.get(attribute);
    const number = text === undefined ? other : Number(text);
    if (!(Math.abs(number) <= 1))
      throw new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:InvalidPosition'], 'out of range');
    return number;
  };
  return {
    pan: value('PanTilt', 'x', rest.pan),
    tilt: value('PanTilt', 'y', rest.tilt),
    zoom: value('Zoom', 'x', rest.zoom),
  };
}

function noPreset(): OnvifFault {
  return new OnvifFault('Sender', ['ter:InvalidArgVal', 'ter:NoToken'], 'there is no such preset');
}

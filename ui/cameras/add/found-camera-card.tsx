import type { ReactNode } from 'react';
import type { FoundCamera, ProbeResult } from '#api/contract/cameras.ts';
import { formatBitrate, formatDuration } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { codecName } from '../codec-name.ts';

type Profile = NonNullable<FoundCamera['streams'][number]['profile']>;

/** What a camera is, with the picture that proves it. */
export function FoundCameraCard({ result }: { result: ProbeResult }) {
  const { say } = useText();
  const { found, picture, steps } = result;
  const measured = steps.find(({ step }) => step === 'profile')?.detail?.split(' ');
  const maker = [found?.manufacturer, found?.model].filter((part) => part !== undefined && part !== '').join(' ');
  const offsetMs = found?.clockOffsetMs ?? 0;
  const stream = (kind: 'main' | 'sub'): ReactNode => {
    const profile = found?.streams.find((one) => one.kind === kind)?.profile;
    if (profile) return describe(profile);
    if (kind === 'main' && measured) return `${codecName(measured[0])} ${(measured[1] ?? '').replace('x', ' × ')}`;
    return found?.streams.some((one) => one.kind === kind) ? say('found.yes') : say('found.noSub');
  };
  return (
    <div className="found" data-testid="found-camera">
      {picture && <img className="found-picture" src={picture} alt={say('probe.step.picture')} />}
      <dl className="facts">
        <Fact label={say('found.camera')}>
          {maker === '' ? say('found.unknown') : maker}
          {found?.firmwareVersion && <span className="muted"> {found.firmwareVersion}</span>}
        </Fact>
        <Fact label={say('found.main')}>{stream('main')}</Fact>
        <Fact label={say('found.sub')}>{stream('sub')}</Fact>
        <Fact label={say('found.ptz')}>{say(found?.hasPtz ? 'found.yes' : 'found.no')}</Fact>
        <Fact label="ONVIF">
          {say(found?.onvif ? 'found.yes' : 'found.noOnvif')}
          {found?.onvif?.hasRecordings && <span className="muted"> · {say('found.card')}</span>}
        </Fact>
      </dl>
      {found?.isClockOff && (
        <div className="notice warn found-clock">
          <Icon name="warning" size={18} />
          {say(offsetMs > 0 ? 'found.clockAhead' : 'found.clockBehind', { time: formatDuration(Math.abs(offsetMs)) })}
        </div>
      )}
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function describe({ codec, widthPx, heightPx, framesPerSecond, bitrateKbps }: Profile): string {
  return [
    codecName(codec),
    `${widthPx} × ${heightPx}`,
    framesPerSecond === undefined ? '' : `${Math.round(framesPerSecond)} fps`,
    bitrateKbps === undefined ? '' : formatBitrate(bitrateKbps),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

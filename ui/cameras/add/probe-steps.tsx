import type { ProbeResult, ProbeStep } from '#api/contract/cameras.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { useNow } from '../../shared/use-now.ts';
import { codecName } from '../codec-name.ts';
import { shownSteps, type StepName } from './probe-order.ts';
import type { ProbeState } from './use-probe.ts';

/** What was found, step by step as it is found, up to the first that failed, with its sentence and what to do. */
export function ProbeSteps({ probe }: { probe: ProbeState }) {
  const { say } = useText();
  const { steps, isRunning, result, error } = probe;
  if (error !== undefined) return <ErrorNotice error={error} />;
  if (!isRunning && !result) return null;
  const names = shownSteps(probe.isRtsp, steps);
  const next = names.find((name) => !steps.some(({ step }) => step === name));
  return (
    <div className="probe" data-testid="probe" aria-live="polite">
      <ol className="probe-steps">
        {names.map((name) => (
          <StepLine
            key={name}
            name={name}
            step={steps.find((candidate) => candidate.step === name)}
            startedMs={isRunning && name === next ? probe.startedMs : undefined}
            result={result}
          />
        ))}
      </ol>
      {result?.picture && <img className="probe-picture" src={result.picture} alt={say('probe.step.picture')} />}
    </div>
  );
}

function StepLine(props: {
  name: StepName;
  step: ProbeStep | undefined;
  /** Set while this step is under way. */
  startedMs: number | undefined;
  result: ProbeResult | undefined;
}) {
  const { say, pick } = useText();
  const { name, step, startedMs } = props;
  const isUnderWay = startedMs !== undefined;
  const tone = isUnderWay ? 'under-way' : step === undefined ? 'not-reached' : step.ok ? 'passed' : 'failed';
  const detail = step && detailOf(step, props.result);
  return (
    <li className={tone} data-testid={`probe-${name}`} data-ok={step?.ok}>
      <span className="probe-sign">{step && <Icon name={step.ok ? 'check' : 'close'} size={14} />}</span>
      <span className="hidden-visually">
        {say(
          isUnderWay
            ? 'probe.underWay'
            : step === undefined
              ? 'probe.notReached'
              : step.ok
                ? 'probe.ok'
                : 'probe.failed',
        )}
      </span>
      <span>{say(`probe.step.${name}`)}</span>
      {isUnderWay && <Elapsed sinceMs={startedMs} />}
      {detail && <span className="muted small one-line probe-detail">{detail}</span>}
      {step?.reason && !step.ok && (
        <div className="probe-why small" data-testid="probe-why">
          <div>{pick(step.reason)}</div>
          <div className="muted">{pick({ zh: step.reason.remedyZh, en: step.reason.remedyEn })}</div>
          {step.errorCode && <code className="muted">{step.errorCode}</code>}
        </div>
      )}
    </li>
  );
}

function Elapsed({ sinceMs }: { sinceMs: number }) {
  useNow(200);
  return <span className="muted small">{((Date.now() - sinceMs) / 1000).toFixed(0)} s</span>;
}

/** Only what is the same in every language: addresses, names, figures. */
function detailOf({ step, ok, detail = '' }: ProbeStep, result: ProbeResult | undefined): string {
  switch (step) {
    case 'reached':
      return detail.replace(/ SHA-256 .*/, '');
    case 'onvif':
      return ok ? detail : '';
    case 'signed_in':
      return detail.replace(/ ?\(clock .*\)/, '');
    case 'rtsp':
      return detail.replace(/ \(.*\)$/, '');
    case 'profiles': {
      const streams = result?.found?.streams.length ?? 0;
      return streams > 0 ? String(streams) : '';
    }
    case 'profile': {
      const [codec, ...rest] = detail.split(' ');
      return [codecName(codec), ...rest].join(' ').replace(/(\d)x(\d)/, '$1 × $2');
    }
    default:
      return '';
  }
}

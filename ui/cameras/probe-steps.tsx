import type { ProbeResult } from '#api/contract/cameras.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';

const steps = ['address', 'reached', 'rtsp', 'signed_in', 'profile', 'picture'] as const;

/** What was found, step by step, up to the first that failed, with its sentence and what to do. */
export function ProbeSteps({ result }: { result: ProbeResult }) {
  const { say, pick } = useText();
  return (
    <div className="probe" data-testid="probe">
      <ol className="probe-steps">
        {steps.map((name) => {
          const step = result.steps.find((candidate) => candidate.step === name);
          const tone = step === undefined ? 'not-reached' : step.ok ? 'passed' : 'failed';
          return (
            <li key={name} className={tone} data-testid={`probe-${name}`} data-ok={step?.ok}>
              <span className="probe-sign">{step && <Icon name={step.ok ? 'check' : 'close'} size={16} />}</span>
              <span className="hidden-visually">
                {say(step === undefined ? 'probe.notReached' : step.ok ? 'probe.ok' : 'probe.failed')}
              </span>
              <span>{say(`probe.step.${name}`)}</span>
              {step?.detail && <span className="muted small">{step.detail}</span>}
              {step?.reason && !step.ok && (
                <div className="probe-why small">
                  <div>{pick(step.reason)}</div>
                  <div className="muted">{pick({ zh: step.reason.remedyZh, en: step.reason.remedyEn })}</div>
                  {step.errorCode && <code className="muted">{step.errorCode}</code>}
                </div>
              )}
            </li>
          );
        })}
      </ol>
      {result.picture && <img className="probe-picture" src={result.picture} alt={say('probe.step.picture')} />}
    </div>
  );
}

import type { ViolationFile, ViolationStep } from '#api/contract/kitchen.ts';
import { formatTime } from '../shared/format.ts';
import { type TextKey, useText } from '../shared/i18n.ts';
import { StageMark } from './violation-list.tsx';

const reasonKeys: Readonly<Record<string, TextKey>> = {
  not_what_it_says: 'reason.not_what_it_says',
  picture_unclear: 'reason.picture_unclear',
  camera_moved: 'reason.camera_moved',
  allowed_here: 'reason.allowed_here',
  other: 'reason.other',
  clear: 'remedy.clear',
  still_there: 'remedy.stillThere',
};

/** What was done with it, and the same item in this kitchen before. */
export function ViolationHistory({ file, onOpen }: { file: ViolationFile; onOpen: (violationId: string) => void }) {
  const { say } = useText();
  return (
    <div className="violation-history">
      {file.steps.length > 0 && (
        <section>
          <h3>{say('history.steps')}</h3>
          <ol className="steps small">
            {file.steps.map((step) => (
              <Step key={step.revision} step={step} />
            ))}
          </ol>
        </section>
      )}
      <section>
        <h3>{say('history.earlier')}</h3>
        {file.earlier.length === 0 && <p className="muted small">{say('history.none')}</p>}
        <ul className="earlier">
          {file.earlier.map((violation) => (
            <li key={violation.violationId}>
              <button type="button" className="button quiet" onClick={() => onOpen(violation.violationId)}>
                {violation.pictureUrl && <img src={violation.pictureUrl} alt="" loading="lazy" />}
                <span className="small">{formatTime(violation.since)}</span>
                <StageMark violation={violation} />
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Step({ step }: { step: ViolationStep }) {
  const { say } = useText();
  const reason = step.reason === undefined ? undefined : reasonKeys[step.reason];
  return (
    <li data-testid="violation-step" data-step={step.step}>
      <span className="muted">{formatTime(step.time)}</span>
      <div>
        <strong>{say(`step.${step.step}`)}</strong>
        {` · ${step.by ?? say('history.kitchen')}`}
        {reason && ` · ${say(reason)}`}
        {step.deadline && ` · ${say('remedy.until', { time: formatTime(step.deadline) })}`}
        {step.note && <div className="step-note">{step.note}</div>}
        {step.photoUrl && (
          <a href={step.photoUrl} target="_blank" rel="noreferrer">
            <img className="step-photo" src={step.photoUrl} alt={say('remedy.photo')} data-testid="remedy-photo" />
          </a>
        )}
      </div>
    </li>
  );
}

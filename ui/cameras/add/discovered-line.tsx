import { ApiProblem } from '../../shared/api-client.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import type { RowOutcome } from './add-many.ts';
import { authorityOf, type DiscoveredRow } from './discovered.ts';

interface DiscoveredLineProps {
  readonly row: DiscoveredRow;
  readonly isChosen: boolean;
  readonly isBusy: boolean;
  readonly outcome: RowOutcome | undefined;
  onChoose: (isChosen: boolean) => void;
  onPick: () => void;
}

export function DiscoveredLine({ row, isChosen, isBusy, outcome, onChoose, onPick }: DiscoveredLineProps) {
  const { say } = useText();
  const { device, address, camera, isKnown } = row;
  const isDone = isKnown || outcome?.phase === 'added';
  const facts = [device.hardware, device.location].filter((part) => part !== undefined && part !== '').join(' · ');
  return (
    <li className={isDone ? 'is-known' : ''}>
      <label className="discovered-what">
        <input
          type="checkbox"
          checked={isChosen && !isDone}
          disabled={isDone || isBusy}
          onChange={(event) => onChoose(event.target.checked)}
        />
        <span className="discovered-name">
          <span className="one-line">{device.name ?? device.hardware ?? device.address}</span>
          <span className="muted small one-line">
            {[authorityOf(address), facts].filter((part) => part !== '').join(' · ')}
          </span>
        </span>
      </label>
      <div className="discovered-state small">
        {outcome ? (
          <Outcome outcome={outcome} />
        ) : (
          camera && (
            <span className="muted">
              {say(isKnown ? 'discover.known' : 'discover.sameHost', { name: camera.name })}
            </span>
          )
        )}
      </div>
      {!isDone && (
        <button type="button" className="button small-button" disabled={isBusy} onClick={onPick}>
          {say('discover.pick')}
        </button>
      )}
    </li>
  );
}

function Outcome({ outcome }: { outcome: RowOutcome }) {
  const { say, pick } = useText();
  switch (outcome.phase) {
    case 'waiting':
      return <span className="muted">{say('discover.waiting')}</span>;
    case 'probing':
      return (
        <span className="muted">
          {outcome.step ? say('discover.passed', { step: say(`probe.step.${outcome.step}`) }) : say('probe.testing')}
        </span>
      );
    case 'added':
      return (
        <span className="outcome-ok">
          <Icon name="check" size={15} />
          {say('camera.added', { name: outcome.camera.name })}
        </span>
      );
    case 'failed': {
      const problem = outcome.error instanceof ApiProblem ? outcome.error.problem : undefined;
      const reason = outcome.step?.reason;
      return (
        <span className="outcome-bad" title={reason ? pick({ zh: reason.remedyZh, en: reason.remedyEn }) : ''}>
          <Icon name="close" size={15} />
          {reason ? pick(reason) : problem ? pick({ zh: problem.titleZh, en: problem.title }) : say('probe.failed')}
        </span>
      );
    }
  }
}

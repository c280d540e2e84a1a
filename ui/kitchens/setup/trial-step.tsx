import { useEffect, useState } from 'react';
import type { HygieneItem } from '#api/contract/kitchen.ts';
import type { KitchenDraft, KitchenSetup } from '#api/contract/kitchen-setup.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { serverNow } from '../../shared/server-clock.ts';
import { TimeField } from '../../shared/time-field.tsx';
import { useUrlState } from '../../shared/url-state.ts';
import { lacksOf, type SetupDraft } from './setup-draft.ts';
import { TrialResult } from './trial-result.tsx';
import { cancelTrial, useStartTrial, useTrial } from './use-setup.ts';

interface TrialStepProps {
  readonly setup: KitchenSetup;
  readonly catalogue: readonly HygieneItem[];
  readonly draft: SetupDraft;
  readonly body: KitchenDraft;
  readonly isChanged: boolean;
  readonly isPending: boolean;
  onGoLive: () => void;
  onItems: () => void;
}

const hour = 3_600_000;
const dayHours = 24;

/** The same hour of the day before: at night, what counts outside of opening hours. */
function usualHourMs(nowMs: number): number {
  return Math.floor(nowMs / hour) * hour - dayHours * hour;
}

/** Tries the draft on what was recorded, shows what would have been raised, and makes it live. */
export function TrialStep(props: TrialStepProps) {
  const { setup, catalogue, draft, body, isChanged, isPending, onGoLive, onItems } = props;
  const { say, pick } = useText();
  const [search, change] = useUrlState();
  const trialId = search.get('trial') ?? undefined;
  const trial = useTrial(setup.cameraId, trialId);
  // What was tried, in this tab: a draft changed since is told.
  const [tried, setTried] = useState<string>();
  // Undefined: the last hour that was recorded.
  const [hourMs, setHourMs] = useState<number>();
  const now = JSON.stringify({ body, reference: setup.reference?.takenAt });
  const start = useStartTrial(setup.cameraId, ({ trialId: next }) => {
    setTried(now);
    change({ trial: next, violation: undefined });
  });
  const isRunning = trial.data?.state === 'waiting' || trial.data?.state === 'running';
  const isGone = trial.isError && !trial.isFetching;
  useEffect(() => {
    // An hour after its end, or after a restart: there is nothing to show, and nothing wrong.
    if (isGone) change({ trial: undefined, violation: undefined });
  }, [isGone, change]);
  const leftOut = draft.items.filter(({ item, isOn }) => isOn && !body.items.some((one) => one.item === item));
  const nameOf = (code: string): string => {
    const item = catalogue.find((one) => one.code === code);
    return item ? pick({ zh: item.nameZh, en: item.nameEn }) : code;
  };
  const run = () => {
    const from = hourMs === undefined ? {} : { from: new Date(hourMs).toISOString() };
    start.mutate({ setup: body, ...from });
  };
  return (
    <div className="setup-body">
      <div className="setup-main setup-scroll">
        <div className="trial-head">
          <h2>{say('trial.title')}</h2>
          <p className="muted small">{say('trial.what')}</p>
          <div className="trial-start">
            <div className="segmented" role="group" aria-label={say('trial.when')}>
              <button type="button" aria-pressed={hourMs === undefined} onClick={() => setHourMs(undefined)}>
                {say('trial.lastHour')}
              </button>
              <button
                type="button"
                aria-pressed={hourMs !== undefined}
                data-testid="trial-other-hour"
                onClick={() => setHourMs((known) => known ?? usualHourMs(serverNow()))}
              >
                {say('trial.otherHour')}
              </button>
            </div>
            {hourMs !== undefined && (
              <TimeField
                kind="time"
                valueMs={hourMs}
                label={say('trial.hourFrom')}
                testId="trial-from"
                onChange={setHourMs}
              />
            )}
            <button
              type="button"
              className={`button${trial.data ? '' : ' primary'}`}
              data-testid="trial-start"
              disabled={start.isPending || isRunning || body.items.length === 0}
              onClick={run}
            >
              <Icon name="play" size={17} />
              {say(trial.data ? 'trial.again' : 'trial.start')}
            </button>
            {isRunning && trialId !== undefined && (
              <button
                type="button"
                className="button"
                data-testid="trial-cancel"
                onClick={() => {
                  cancelTrial(setup.cameraId, trialId);
                  change({ trial: undefined, violation: undefined });
                }}
              >
                {say('trial.cancel')}
              </button>
            )}
          </div>
          {body.items.length === 0 && (
            <div className="notice small" data-testid="trial-nothing">
              <Icon name="info" size={17} />
              <span>{say('trial.nothing')}</span>
              <button type="button" className="button small-button" onClick={onItems}>
                {say('setup.step.items')}
              </button>
            </div>
          )}
          {trial.data && tried !== undefined && tried !== now && (
            <div className="notice warn small" data-testid="trial-stale">
              <Icon name="warning" size={17} />
              {say('trial.stale')}
            </div>
          )}
          {start.isError && <ErrorNotice error={start.error} />}
        </div>
        {trial.data && (
          <TrialResult
            trial={trial.data}
            nameOf={nameOf}
            openedId={search.get('violation') ?? undefined}
            onOpen={(violation) => change({ violation })}
          />
        )}
      </div>
      <aside className="setup-side">
        <h2>{say('setup.goLive')}</h2>
        <p className="muted small">{say(isChanged ? 'setup.goLiveWhat' : 'setup.unchanged')}</p>
        <ul className="live-items small" data-testid="live-items">
          {body.items.map(({ item, graceMs }) => (
            <li key={item}>
              <Icon name="check" size={15} />
              <span className="one-line">{nameOf(item)}</span>
              <span className="muted">{say('setup.graceOf', { seconds: graceMs / 1000 })}</span>
            </li>
          ))}
          {leftOut.map(({ item }) => {
            const known = catalogue.find(({ code }) => code === item);
            const [lack] = known ? lacksOf(known, draft, setup) : [];
            return (
              <li key={item} className="left-out">
                <Icon name="warning" size={15} />
                <span className="one-line">{nameOf(item)}</span>
                <span className="muted">{lack && say(`setup.short.${lack}`)}</span>
              </li>
            );
          })}
        </ul>
        {body.items.length === 0 && <p className="small muted">{say('setup.nothingOn')}</p>}
        <button
          type="button"
          className="button primary setup-next"
          data-testid="setup-go-live"
          disabled={!isChanged || isPending}
          onClick={onGoLive}
        >
          <Icon name="check" size={17} />
          {say('setup.goLive')}
        </button>
        {isChanged && trial.data?.state !== 'done' && <p className="muted small">{say('setup.untried')}</p>}
      </aside>
    </div>
  );
}

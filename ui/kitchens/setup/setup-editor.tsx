import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { HygieneItem } from '#api/contract/kitchen.ts';
import type { KitchenSetup } from '#api/contract/kitchen-setup.ts';
import { edited, startHistory } from '../../cameras/rules/edit-history.ts';
import { LeaveGuard } from '../../cameras/rules/leave-guard.tsx';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { readSetting, writeSetting } from '../../shared/local-setting.ts';
import { showToast } from '../../shared/toast.tsx';
import { useUrlState } from '../../shared/url-state.ts';
import { ItemsStep } from './items-step.tsx';
import { keepText, keptDraft, keptName } from './kept-draft.ts';
import { bodyOf, draftFrom, type SetupDraft } from './setup-draft.ts';
import { TrialStep } from './trial-step.tsx';
import { useGoLive } from './use-setup.ts';
import { ZonesStep } from './zones-step.tsx';
import { UndoButtons } from '../../cameras/rules/undo-buttons.tsx';

const steps = ['zones', 'items', 'trial'] as const;
type Step = (typeof steps)[number];

interface SetupEditorProps {
  readonly setup: KitchenSetup;
  readonly catalogue: readonly HygieneItem[];
}

/** Three steps on one draft; nothing is live before its last button is pressed. The reference picture alone takes effect when it is taken. */
export function SetupEditor({ setup, catalogue }: SetupEditorProps) {
  const { say } = useText();
  const { cameraId } = setup;
  const [search, change] = useUrlState();
  const step: Step = steps.find((one) => one === search.get('step')) ?? 'zones';
  const live = draftFrom(setup, catalogue);
  const [kept, setKept] = useState(() => keptDraft(readSetting(keptName(cameraId)), live));
  const [history, setHistory] = useState(() => startHistory(kept?.isOfNow ? kept.draft : live));
  const draft = history.now;
  const isChanged = JSON.stringify(draft) !== JSON.stringify(live);
  const body = bodyOf(draft, catalogue, setup);

  const edit = (next: SetupDraft, what?: string) => setHistory((before) => edited(before, next, what));
  useEffect(() => {
    // A draft that was not taken up is not written over by what is live.
    if (kept && !kept.isOfNow && !isChanged) return;
    writeSetting(keptName(cameraId), isChanged ? keepText(draft, live, Date.now()) : '');
  }, [draft, isChanged]);

  const goLive = useGoLive(cameraId, (next) => {
    setKept(undefined);
    setHistory(startHistory(draftFrom(next, catalogue)));
    showToast(say('setup.isLive', { name: setup.name, count: next.items.length }));
  });
  const publish = () => {
    if (!goLive.isPending) goLive.mutate(body);
  };
  const go = (next: Step) => change({ step: next === 'zones' ? undefined : next }, 'push');

  return (
    <div className="page setup-page">
      <LeaveGuard isChanged={isChanged} what="setup.leaveWhat" leave="setup.leave" />
      <div className="page-head setup-head">
        <Link
          className="button quiet icon"
          aria-label={say('setup.back')}
          title={say('setup.back')}
          to={`/kitchens?camera=${cameraId}`}
        >
          <Icon name="left" />
        </Link>
        <h1 className="one-line">
          {say('setup.title')} <span className="muted">· {setup.name}</span>
        </h1>
        <nav className="setup-steps" aria-label={say('setup.steps')}>
          {steps.map((one, index) => (
            <button
              key={one}
              type="button"
              aria-current={one === step ? 'step' : undefined}
              data-testid={`setup-step-${one}`}
              onClick={() => go(one)}
            >
              <span className="setup-number">{index + 1}</span>
              {say(`setup.step.${one}`)}
            </button>
          ))}
        </nav>
        <div className="setup-actions spread">
          {isChanged && (
            <span className="setup-unsaved small" data-testid="setup-unsaved">
              {say('setup.unsaved')}
            </span>
          )}
          <UndoButtons name="setup" history={history} onStep={setHistory} />
        </div>
      </div>
      {!setup.isAnalysed && (
        <div className="notice warn setup-notice">
          <Icon name="warning" size={17} />
          <span>
            {say('setup.notAnalysed')}{' '}
            <Link to={`/cameras?camera=${cameraId}`} className="link">
              {say('page.cameras')}
            </Link>
          </span>
        </div>
      )}
      {kept && (
        <div className="notice setup-notice" data-testid="setup-kept">
          <Icon name="info" size={17} />
          <span>{say(kept.isOfNow ? 'setup.kept' : 'setup.keptOther', { time: formatTime(kept.savedMs) })}</span>
          <span className="setup-notice-actions">
            {!kept.isOfNow && (
              <button
                type="button"
                className="button small-button"
                onClick={() => {
                  edit(kept.draft);
                  setKept(undefined);
                }}
              >
                {say('setup.useKept')}
              </button>
            )}
            <button
              type="button"
              className="button small-button"
              data-testid="setup-drop-kept"
              onClick={() => {
                if (kept.isOfNow) edit(live);
                else writeSetting(keptName(cameraId), '');
                setKept(undefined);
              }}
            >
              {say('setup.dropKept')}
            </button>
          </span>
        </div>
      )}
      {goLive.isError && (
        <div className="setup-notice">
          <ErrorNotice error={goLive.error} />
        </div>
      )}
      {step === 'zones' && <ZonesStep setup={setup} draft={draft} onEdit={edit} onNext={() => go('items')} />}
      {step === 'items' && (
        <ItemsStep
          catalogue={catalogue}
          draft={draft}
          setup={setup}
          onEdit={edit}
          onZones={() => go('zones')}
          onNext={() => go('trial')}
        />
      )}
      {step === 'trial' && (
        <TrialStep
          setup={setup}
          catalogue={catalogue}
          body={body}
          draft={draft}
          isChanged={isChanged}
          isPending={goLive.isPending}
          onGoLive={publish}
          onItems={() => go('items')}
        />
      )}
    </div>
  );
}

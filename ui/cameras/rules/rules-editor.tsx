import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Camera, CameraRule } from '#api/contract/cameras.ts';
import { sendJson } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { showToast } from '../../shared/toast.tsx';
import { useKeys } from '../../shared/use-keys.ts';
import { ZoneCanvas } from '../../shared/zone-canvas.tsx';
import { edited, startHistory } from './edit-history.ts';
import { LeaveGuard } from './leave-guard.tsx';
import {
  freeName,
  inputWithRules,
  kindOf,
  mostRules,
  newRule,
  type RuleTool,
  ruleTools,
  shapeOf,
  toneOf,
  toolOf,
  withPoints,
} from './rule-draft.ts';
import { RuleDetail } from './rule-detail.tsx';
import { RuleIcon } from './rule-icon.tsx';
import { useCameraStill } from './use-camera-still.ts';
import { UndoButtons } from './undo-buttons.tsx';

const usualAspect = 16 / 9;

interface RulesEditorProps {
  readonly camera: Camera;
  onSaved: (camera: Camera) => void;
}

export function RulesEditor({ camera, onSaved }: RulesEditorProps) {
  const { say } = useText();
  // The camera is fetched again and again underneath; what is edited starts from the rules as they were found.
  const [stored, setStored] = useState<readonly CameraRule[]>(camera.rules);
  const [history, setHistory] = useState(() => startHistory(stored));
  const [selectedId, setSelectedId] = useState<string>();
  const [tool, setTool] = useState<RuleTool>();
  const still = useCameraStill(camera.id);
  const rules = history.now;
  // Undone to where it began is unchanged.
  const isChanged = rules !== stored && JSON.stringify(rules) !== JSON.stringify(stored);
  const hasCalibration = rules.some(({ kind }) => kind === 'calibration');
  const isFull = rules.length >= mostRules;

  const edit = (next: readonly CameraRule[], step?: string) => setHistory((before) => edited(before, next, step));
  const change = (rule: CameraRule, step?: string) =>
    edit(
      rules.map((other) => (other.id === rule.id ? rule : other)),
      step && `${rule.id} ${step}`,
    );
  const remove = (id: string) => {
    edit(rules.filter((rule) => rule.id !== id));
    setSelectedId(undefined);
  };
  const choose = (next: RuleTool | undefined) => {
    setTool(next);
    if (next) setSelectedId(undefined);
  };
  const save = useMutation({
    mutationFn: (sent: readonly CameraRule[]) =>
      sendJson<Camera>('PUT', `/api/cameras/${camera.id}`, inputWithRules(camera, sent)),
    onSuccess: (next, sent) => {
      setStored(sent);
      showToast(say('rules.saved', { name: camera.name }));
      onSaved(next);
    },
  });
  useKeys([
    {
      keys: ['Mod+S'],
      show: 'Ctrl / ⌘ S',
      label: 'keys.rules.save',
      run: () => {
        if (isChanged && !save.isPending) save.mutate(rules);
      },
    },
    ...ruleTools.map((one, index) => ({
      keys: [String(index + 1)],
      label: `rules.tool.${one}` as const,
      run: () => {
        if (!isFull && !(one === 'calibration' && hasCalibration)) choose(one);
      },
    })),
    { keys: ['Escape'], label: 'keys.rules.giveUp', run: () => choose(undefined) },
  ]);

  const selected = rules.find(({ id }) => id === selectedId);
  return (
    <div className="page rules-page">
      <LeaveGuard isChanged={isChanged} />
      <div className="page-head">
        <Link
          className="button quiet icon"
          aria-label={say('rules.back')}
          title={say('rules.back')}
          to={`/cameras?camera=${camera.id}`}
        >
          <Icon name="left" />
        </Link>
        <h1 className="one-line">
          {say('rules.title')} <span className="muted">· {camera.name}</span>
        </h1>
        <div className="rules-actions spread">
          {isChanged && <span className="rules-unsaved small">{say('rules.unsaved')}</span>}
          <UndoButtons name="rules" history={history} onStep={setHistory} />
          <button
            type="button"
            className="button primary"
            data-testid="rules-save"
            disabled={!isChanged || save.isPending}
            onClick={() => save.mutate(rules)}
          >
            {say('common.save')}
          </button>
        </div>
      </div>
      <div className="rules-body">
        <div className="rules-drawing">
          <div className="rules-tools" role="group" aria-label={say('rules.draw')}>
            {ruleTools.map((one, index) => (
              <button
                key={one}
                type="button"
                className="button"
                aria-pressed={tool === one}
                data-testid={`rules-tool-${one}`}
                title={`${say(`rules.tool.${one}.what`)} (${index + 1})`}
                disabled={isFull || (one === 'calibration' && hasCalibration)}
                onClick={() => choose(tool === one ? undefined : one)}
              >
                <RuleIcon tool={one} />
                {say(`rules.tool.${one}`)}
              </button>
            ))}
          </div>
          <div className="rules-canvas">
            <ZoneCanvas
              pictureUrl={still.url}
              aspect={usualAspect}
              shapes={rules.map(shapeOf)}
              selectedId={selectedId}
              drawing={tool && { kind: kindOf(tool), tone: toneOf(tool) }}
              label={say('rules.canvas', { name: camera.name })}
              onSelect={setSelectedId}
              onChange={(id, points) => {
                const rule = rules.find((candidate) => candidate.id === id);
                if (rule) change(withPoints(rule, points));
              }}
              onDrawn={(points) => {
                if (!tool) return;
                const rule = newRule(tool, points, crypto.randomUUID(), freeName(say(`rules.tool.${tool}`), rules));
                if (!rule) return;
                edit([...rules, rule]);
                setTool(undefined);
                setSelectedId(rule.id);
              }}
              onGiveUp={() => choose(undefined)}
              onRemove={remove}
            />
          </div>
          <div className="rules-hint small muted">
            <span>
              {say(tool ? `rules.hint.${kindOf(tool)}` : selected ? 'rules.hint.selected' : 'rules.hint.none')}
            </span>
            <span className="spread rules-picture">
              {still.state === 'none' && say('rules.noPicture')}
              {still.timeMs !== undefined && say('rules.pictureOf', { time: formatTime(still.timeMs) })}
              <button type="button" className="button quiet small-button" onClick={still.refresh}>
                <Icon name="refresh" size={15} />
                {say('rules.refresh')}
              </button>
            </span>
          </div>
        </div>
        <aside className="rules-side" aria-label={say('rules.list')}>
          {save.isError && <ErrorNotice error={save.error} />}
          <h2>
            {say('rules.list')} <span className="muted">{rules.length}</span>
          </h2>
          {rules.length === 0 && (
            <div className="rules-none muted small" data-testid="rules-empty">
              <div>{say('rules.none')}</div>
              <div>{say('rules.noneDetail')}</div>
            </div>
          )}
          {isFull && <p className="muted small">{say('rules.full', { count: mostRules })}</p>}
          <ul className="rules-list">
            {rules.map((rule) => {
              const isOpen = rule.id === selectedId;
              const kind = toolOf(rule);
              return (
                <li key={rule.id} className={isOpen ? 'open' : ''} data-testid="rule-row" data-id={rule.id}>
                  <div className="rule-row">
                    <button
                      type="button"
                      className="rule-name"
                      aria-expanded={isOpen}
                      onClick={() => {
                        setTool(undefined);
                        setSelectedId(isOpen ? undefined : rule.id);
                      }}
                    >
                      <RuleIcon tool={kind} />
                      <span className="one-line">{rule.name}</span>
                      <span className="muted small">{say(`rules.kind.${kind}`)}</span>
                    </button>
                    {rule.kind !== 'hygiene' && (
                      <button
                        type="button"
                        className="button quiet icon small-button"
                        aria-label={`${say('common.remove')}: ${rule.name}`}
                        title={say('common.remove')}
                        data-testid="rule-remove"
                        onClick={() => remove(rule.id)}
                      >
                        <Icon name="trash" size={16} />
                      </button>
                    )}
                  </div>
                  {isOpen && <RuleDetail rule={rule} onChange={change} />}
                </li>
              );
            })}
          </ul>
        </aside>
      </div>
    </div>
  );
}

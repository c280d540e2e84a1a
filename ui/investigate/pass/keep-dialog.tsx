import { useState } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';
import { useCases, useKeepInCase } from '../../cases/case-queries.ts';
import { sendJson } from '../../shared/api-client.ts';
import { Dialog } from '../../shared/dialog.tsx';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { PlateChip } from '../../shared/plate-chip.tsx';
import { showToast, useProblemToast } from '../../shared/toast.tsx';

/** Puts passes into a case with a note; the case of the search, or one chosen here. */
export function KeepDialog(props: { sightings: readonly Sighting[]; caseId: string | undefined; onClose: () => void }) {
  const { say } = useText();
  const { sightings, onClose } = props;
  const cases = useCases('open');
  const onProblem = useProblemToast();
  const keep = useKeepInCase();
  const [note, setNote] = useState('');
  const [chosen, setChosen] = useState(props.caseId ?? '');
  const target = cases.data?.find((one) => one.id === chosen);
  const save = async () => {
    const kept: string[] = [];
    for (const { sightingId } of sightings) {
      const trimmed = note.trim();
      const item = await keep.mutateAsync({ caseId: chosen, sightingId, ...(trimmed === '' ? {} : { note: trimmed }) });
      kept.push(item.id);
    }
    onClose();
    const undo = async () => {
      for (const id of kept) await sendJson('DELETE', `/api/cases/${chosen}/items/${id}`);
      await cases.refetch();
    };
    showToast(say('keep.done', { number: target?.number ?? '', count: kept.length }), {
      label: say('common.undo'),
      run: () => void undo().catch(onProblem),
    });
  };
  return (
    <Dialog title={say('keep.title', { count: sightings.length })} isNarrow onClose={onClose}>
      <form
        className="case-form"
        onSubmit={(event) => {
          event.preventDefault();
          // A failure stands below the form.
          if (chosen !== '') void save().catch(() => undefined);
        }}
      >
        <ul className="keep-list small">
          {sightings.map((sighting) => (
            <li key={sighting.sightingId}>
              {sighting.plate && <PlateChip plate={sighting.plate} />}
              <span className="one-line">{`${formatTime(sighting.time)} ${sighting.cameraName}`}</span>
            </li>
          ))}
        </ul>
        <label className="field">
          {say('case.one')}
          <select
            className="input"
            value={chosen}
            data-testid="keep-case"
            onChange={(event) => setChosen(event.target.value)}
          >
            <option value="">{say('case.choose')}</option>
            {cases.data?.map((one) => (
              <option key={one.id} value={one.id}>{`${one.number} · ${one.title}`}</option>
            ))}
          </select>
        </label>
        {cases.data?.length === 0 && <p className="muted small">{say('case.noneOpen')}</p>}
        <label className="field">
          {`${say('keep.note')} · ${say('common.optional')}`}
          <input
            className="input"
            autoFocus
            data-testid="keep-note"
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        {(keep.error ?? cases.error) !== null && <ErrorNotice error={keep.error ?? cases.error} />}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {say('common.cancel')}
          </button>
          <button
            type="submit"
            className="button primary"
            data-testid="keep-save"
            disabled={chosen === '' || keep.isPending}
          >
            {say('keep.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

import { useState } from 'react';
import type { Case } from '#api/contract/cases.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { CaseForm } from './case-form.tsx';
import { useChangeCase, useCloseCase } from './case-queries.ts';

export type CaseDialog = 'edit' | 'members' | 'close';

export function CaseDialogs({ one, dialog, onClose }: { one: Case; dialog: CaseDialog; onClose: () => void }) {
  if (dialog === 'edit') return <EditDialog one={one} onClose={onClose} />;
  return dialog === 'members' ? (
    <MembersDialog one={one} onClose={onClose} />
  ) : (
    <CloseDialog one={one} onClose={onClose} />
  );
}

interface DialogProps {
  readonly one: Case;
  onClose: () => void;
}

function EditDialog({ one, onClose }: DialogProps) {
  const { say } = useText();
  const change = useChangeCase(one.id);
  return (
    <Dialog title={`${say('case.edit')} · ${one.number}`} isNarrow onClose={onClose}>
      <CaseForm
        before={one}
        error={change.error}
        isPending={change.isPending}
        onSave={(input) => change.mutate(input, { onSuccess: onClose })}
        onCancel={onClose}
      />
    </Dialog>
  );
}

function MembersDialog({ one, onClose }: DialogProps) {
  const { say } = useText();
  const change = useChangeCase(one.id);
  const [name, setName] = useState('');
  const add = () => {
    const member = name.trim();
    if (member === '' || one.members.includes(member)) return;
    change.mutate({ members: [...one.members, member] }, { onSuccess: () => setName('') });
  };
  return (
    <Dialog title={say('case.membersTitle')} isNarrow onClose={onClose}>
      <p className="muted small">{say('case.membersAbout')}</p>
      <ul className="member-list">
        {one.members.map((member) => (
          <li key={member}>
            <Icon name="person" size={17} />
            <span>{member}</span>
            {member === one.owner ? (
              <span className="muted small">{say('case.owner')}</span>
            ) : (
              <button
                type="button"
                className="button quiet icon small-button"
                aria-label={`${say('common.remove')} ${member}`}
                title={say('common.remove')}
                disabled={change.isPending}
                onClick={() => change.mutate({ members: one.members.filter((other) => other !== member) })}
              >
                <Icon name="close" size={16} />
              </button>
            )}
          </li>
        ))}
      </ul>
      <form
        className="member-add"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="input"
          autoFocus
          placeholder={say('case.memberAdd')}
          aria-label={say('case.memberAdd')}
          data-testid="member-name"
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={name.trim() === '' || change.isPending}>
          {say('case.memberAddButton')}
        </button>
      </form>
      {change.isError && <ErrorNotice error={change.error} />}
    </Dialog>
  );
}

function CloseDialog({ one, onClose }: DialogProps) {
  const { say } = useText();
  const close = useCloseCase(one.id);
  const [note, setNote] = useState('');
  const isComplete = note.trim().length >= 4;
  return (
    <Dialog title={say('case.closeTitle', { number: one.number })} isNarrow onClose={onClose}>
      <form
        className="case-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) close.mutate(note.trim(), { onSuccess: onClose });
        }}
      >
        <p className="small">{say('case.closeAbout')}</p>
        <label className="field">
          {say('case.closeNote')}
          <textarea
            className="input"
            autoFocus
            rows={3}
            maxLength={500}
            data-testid="close-note"
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        {close.isError && <ErrorNotice error={close.error} />}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {say('common.cancel')}
          </button>
          <button
            type="submit"
            className="button primary"
            data-testid="close-save"
            disabled={!isComplete || close.isPending}
          >
            {say('case.close')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

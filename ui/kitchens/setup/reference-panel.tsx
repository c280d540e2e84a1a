import { useState } from 'react';
import type { KitchenSetup, ReferenceInput } from '#api/contract/kitchen-setup.ts';
import { ApiProblem } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatDuration, formatTime } from '../../shared/format.ts';
import { FramedPicture } from '../../shared/framed-picture.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { serverNow } from '../../shared/server-clock.ts';
import { TimeField } from '../../shared/time-field.tsx';
import { showToast } from '../../shared/toast.tsx';
import { useNow } from '../../shared/use-now.ts';
import { useTakeReference } from './use-setup.ts';

const minuteMs = 60_000;

/** The kitchen as it should look, with its age; one button takes a new one. */
export function ReferencePanel({ setup }: { setup: KitchenSetup }) {
  const { say } = useText();
  const { reference, cameraId } = setup;
  const nowMs = useNow(10_000);
  const [isRecorded, setRecorded] = useState(false);
  const [recordedMs, setRecordedMs] = useState(() => Math.floor(serverNow() / minuteMs - 10) * minuteMs);
  const take = useTakeReference(cameraId, ({ isChecked }) =>
    showToast(say(isChecked ? 'reference.taken' : 'reference.takenUnchecked')),
  );
  const wanted: ReferenceInput = isRecorded ? { time: new Date(recordedMs).toISOString() } : {};
  const hasPerson = take.error instanceof ApiProblem && take.error.problem.code === 'KITCHEN_REFERENCE_PERSON';
  const takenMs = reference && new Date(reference.takenAt).getTime();
  return (
    <section className="reference" aria-label={say('reference.title')}>
      <h2>{say('reference.title')}</h2>
      <p className="muted small">{say('reference.what')}</p>
      {reference && takenMs !== undefined ? (
        <figure>
          <div className="reference-picture">
            <FramedPicture url={reference.pictureUrl} alt={say('reference.title')} testId="reference-picture" />
          </div>
          <figcaption className="muted small" data-testid="reference-time">
            {say('reference.takenAt', { time: formatTime(takenMs), age: formatDuration(Math.max(0, nowMs - takenMs)) })}
          </figcaption>
        </figure>
      ) : (
        <div className="reference-none muted small" data-testid="reference-none">
          <Icon name="video" />
          {say('reference.none')}
        </div>
      )}
      <label className="check">
        <input type="checkbox" checked={isRecorded} onChange={(event) => setRecorded(event.target.checked)} />
        {say('reference.recorded')}
      </label>
      {isRecorded && (
        <TimeField
          kind="time"
          valueMs={recordedMs}
          label={say('reference.recordedAt')}
          testId="reference-recorded"
          onChange={setRecordedMs}
        />
      )}
      <button
        type="button"
        className="button"
        data-testid="reference-take"
        disabled={take.isPending}
        onClick={() => take.mutate(wanted)}
      >
        <Icon name="video" size={17} />
        {say(take.isPending ? 'reference.taking' : reference ? 'reference.takeAgain' : 'reference.take')}
      </button>
      {reference && <p className="muted small">{say('reference.atOnce')}</p>}
      {hasPerson && (
        <div className="notice warn small" role="alert" data-testid="reference-person">
          <Icon name="warning" size={17} />
          <div>
            <div>{say('reference.person')}</div>
            <button
              type="button"
              className="button small-button"
              data-testid="reference-nobody"
              onClick={() => take.mutate({ ...wanted, nobodyIsThere: true })}
            >
              {say('reference.nobody')}
            </button>
          </div>
        </div>
      )}
      {take.isError && !hasPerson && <ErrorNotice error={take.error} />}
    </section>
  );
}

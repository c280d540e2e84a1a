import { useState } from 'react';
import type { CaseDetail } from '#api/contract/cases.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { normalisePlateQuery } from '../shared/plate-doubt.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';
import { useConvoy } from './case-queries.ts';
import { dayMs, problemOfTime } from './company-places.ts';
import { CompanyResult } from './company-result.tsx';

/** Who drove with a plate: the same cameras, shortly before or after. */
export function ConvoyForm({ detail }: { detail: CaseDetail }) {
  const { say } = useText();
  const kept = detail.items.flatMap((item) => item.sighting ?? []);
  const first = kept.find((sighting) => sighting.plate);
  const [plate, setPlate] = useState(first?.plate?.text ?? '');
  const [toMs, setToMs] = useState(() => (first ? Date.parse(first.time) + dayMs / 2 : serverNow()));
  const [fromMs, setFromMs] = useState(() => toMs - dayMs);
  const [within, setWithin] = useState(120);
  const [minCameras, setMinCameras] = useState(3);
  const convoy = useConvoy(detail.case.id);
  const isPlate = plate.length >= 5 && plate.length <= 10 && !/[?*]/.test(plate);
  /** The server would refuse the same; here it is said before. */
  const findProblem = () => {
    if (detail.case.status === 'closed') return 'closed';
    if (!isPlate) return 'plate';
    const time = problemOfTime({ fromMs, toMs });
    if (time) return time;
    if (!(within >= 5 && within <= 600)) return 'within';
    return minCameras >= 2 && minCameras <= 20 ? undefined : 'min';
  };
  const problem = findProblem();
  return (
    <>
      <form
        className="company-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem) return;
          convoy.mutate({
            plate,
            from: new Date(fromMs).toISOString(),
            to: new Date(toMs).toISOString(),
            withinSeconds: within,
            minCameras,
            limit: 50,
          });
        }}
      >
        <p className="muted small">{say('company.convoyAbout')}</p>
        <div className="company-fields">
          <label className="field">
            {say('company.plate')}
            <input
              className="input"
              list="kept-plates"
              data-testid="convoy-plate"
              aria-invalid={plate !== '' && !isPlate}
              value={plate}
              onChange={(event) => setPlate(normalisePlateQuery(event.target.value))}
            />
            <datalist id="kept-plates">
              {[...new Set(kept.flatMap((sighting) => sighting.plate?.text ?? []))].map((text) => (
                <option key={text} value={text} />
              ))}
            </datalist>
          </label>
          <label className="field">
            {say('company.from')}
            <TimeField kind="time" label={say('company.from')} valueMs={fromMs} onChange={setFromMs} />
          </label>
          <label className="field">
            {say('company.to')}
            <TimeField kind="time" label={say('company.to')} valueMs={toMs} onChange={setToMs} />
          </label>
          <NumberField label={say('company.within')} value={within} min={5} max={600} onChange={setWithin} />
          <NumberField label={say('company.minCameras')} value={minCameras} min={2} max={20} onChange={setMinCameras} />
          <button
            type="submit"
            className="button primary"
            data-testid="convoy-run"
            disabled={problem !== undefined || convoy.isPending}
          >
            {say('company.run')}
          </button>
        </div>
        {problem && (
          // What is still to be filled in is no mistake yet.
          <p className={`${plate === '' ? 'muted' : 'wrong'} small`} data-testid="company-problem">
            {say(`company.problem.${problem}`)}
          </p>
        )}
      </form>
      {convoy.isError && <ErrorNotice error={convoy.error} />}
      {convoy.data && (
        <CompanyResult
          report={convoy.data}
          about={say('company.convoyOf', { plate: convoy.variables.plate })}
          caseId={detail.case.id}
          none={say('company.noneConvoy')}
        />
      )}
    </>
  );
}

function NumberField(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}) {
  return (
    <label className="field">
      {props.label}
      <input
        className="input"
        type="number"
        min={props.min}
        max={props.max}
        step={1}
        value={Number.isNaN(props.value) ? '' : props.value}
        onChange={(event) => props.onChange(event.target.valueAsNumber)}
      />
    </label>
  );
}

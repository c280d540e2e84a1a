import { useState } from 'react';
import type { CompanyReport } from '#api/contract/cases.ts';
import type { Sighting } from '#api/contract/sightings.ts';
import { KeepDialog } from '../investigate/pass/keep-dialog.tsx';
import { formatTime } from '../shared/format.ts';
import { type Say, useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState } from '../shared/placeholders.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';

/** The plates found, each with the passes that speak for it. */
export function CompanyResult(props: { report: CompanyReport; about: string; caseId: string; none: string }) {
  const { say } = useText();
  const { report } = props;
  const [kept, setKept] = useState<readonly Sighting[]>();
  if (report.vehicles.length === 0)
    return <EmptyState icon="investigate" title={say('company.none')} detail={`${props.about} · ${props.none}`} />;
  return (
    <section className="company-result" data-testid="company-result">
      <p className="small">
        <strong>{props.about}</strong>
        {' · '}
        {say('company.result', { count: report.vehicles.length, ms: Math.round(report.tookMs) })}
        {report.isCut && (
          <span className="company-cut">
            <Icon name="warning" size={14} />
            {say('company.cut', { count: report.vehicles.length })}
          </span>
        )}
      </p>
      <ul>
        {report.vehicles.map((vehicle) => (
          <li
            key={vehicle.plate}
            className="panel company-vehicle"
            data-testid="company-vehicle"
            data-plate={vehicle.plate}
          >
            <div className="company-vehicle-head">
              <PlateChip plate={{ text: vehicle.plate, colour: vehicle.sightings[0]?.plate?.colour ?? 'unknown' }} />
              <span className="small" data-testid="company-why">
                {whyOf(say, vehicle)}
              </span>
              <button type="button" className="button small-button" onClick={() => setKept(vehicle.sightings)}>
                <Icon name="cases" size={16} />
                {say('company.keep')}
              </button>
            </div>
            <ul className="company-passes">
              {vehicle.sightings.map((sighting, index) => (
                <li key={sighting.sightingId}>
                  <img src={sighting.pictureUrl} alt="" loading="lazy" />
                  <span className="small one-line">{sighting.cameraName}</span>
                  <span className="muted small">{formatTime(sighting.time)}</span>
                  {vehicle.afterSeconds && (
                    <span className="small">{apartOf(say, vehicle.afterSeconds[index] ?? 0)}</span>
                  )}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {kept && <KeepDialog sightings={kept} caseId={props.caseId} onClose={() => setKept(undefined)} />}
    </section>
  );
}

/** What speaks for the vehicle, in one line. */
function whyOf(say: Say, { together, afterSeconds }: CompanyReport['vehicles'][number]): string {
  if (!afterSeconds) return say('company.commonWhy', { count: together });
  const apart = afterSeconds.map((seconds) => Math.round(Math.abs(seconds)));
  return say('company.convoyWhy', { count: together, least: Math.min(...apart), most: Math.max(...apart) });
}

function apartOf(say: Say, afterSeconds: number): string {
  const seconds = Math.round(Math.abs(afterSeconds));
  if (seconds === 0) return say('company.same');
  return say(afterSeconds < 0 ? 'company.before' : 'company.after', { seconds });
}

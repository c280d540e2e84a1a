import { useState } from 'react';
import type { CompanyReport } from '#api/contract/cases.ts';
import type { Sighting } from '#api/contract/sightings.ts';
import { KeepDialog } from '../investigate/pass/keep-dialog.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState } from '../shared/placeholders.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';

/** The plates found, each with the passes that speak for it. */
export function CompanyResult(props: { report: CompanyReport; caseId: string; none: string }) {
  const { say } = useText();
  const { report } = props;
  const [kept, setKept] = useState<readonly Sighting[]>();
  if (report.vehicles.length === 0)
    return <EmptyState icon="investigate" title={say('company.none')} detail={props.none} />;
  return (
    <section className="company-result" data-testid="company-result">
      <p className="small">
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
          <li key={vehicle.plate} className="panel company-vehicle" data-testid="company-vehicle">
            <div className="company-vehicle-head">
              <PlateChip plate={{ text: vehicle.plate, colour: vehicle.sightings[0]?.plate?.colour ?? 'unknown' }} />
              <span className="small">{say('company.together', { count: vehicle.together })}</span>
              <button type="button" className="button small-button" onClick={() => setKept(vehicle.sightings)}>
                <Icon name="cases" size={16} />
                {say('company.keep')}
              </button>
            </div>
            <ul className="company-passes">
              {vehicle.sightings.map((sighting) => (
                <li key={sighting.sightingId}>
                  <img src={sighting.pictureUrl} alt="" loading="lazy" />
                  <span className="small one-line">{sighting.cameraName}</span>
                  <span className="muted small">{formatTime(sighting.time)}</span>
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

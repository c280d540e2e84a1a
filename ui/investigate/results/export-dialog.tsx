import { useMutation } from '@tanstack/react-query';
import { Dialog } from '../../shared/dialog.tsx';
import { downloadFile } from '../../shared/download.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { serverNow } from '../../shared/server-clock.ts';
import { showToast } from '../../shared/toast.tsx';
import type { PlaceIndex } from '../query/places.ts';
import { searchBody } from '../query/search-body.ts';
import { rangeOf, type SearchQuery } from '../query/search-query.ts';

export const mostExported = 10_000;

/** The whole result as a table in a file. What it is for is shown once more, as it stands in the file and in the audit log. */
export function ExportDialog(props: { query: SearchQuery; places: PlaceIndex | undefined; onClose: () => void }) {
  const { say, language } = useText();
  const { query, places, onClose } = props;
  const save = useMutation({
    mutationFn: async () => {
      const asked = searchBody(query, places, serverNow());
      if (asked.kind === 'not') return;
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const body = { ...asked.body, language: language === 'en' ? 'en' : 'zh', timeZone };
      await downloadFile('/api/sightings/export', body, 'sightings.csv');
    },
    onSuccess: () => {
      showToast(say('export.done'));
      onClose();
    },
  });
  const range = rangeOf(query, serverNow());
  return (
    <Dialog title={say('export.title')} isNarrow onClose={onClose}>
      <dl className="export-facts small">
        <dt className="muted">{say(query.caseId === undefined ? 'search.purpose' : 'case.one')}</dt>
        <dd data-testid="export-purpose">{query.purpose}</dd>
        <dt className="muted">{say('search.range')}</dt>
        <dd>{`${formatTime(range.fromMs)} – ${formatTime(range.toMs)}`}</dd>
      </dl>
      <p className="small">{say('export.about', { count: mostExported })}</p>
      {save.isError && <ErrorNotice error={save.error} />}
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          {say('common.cancel')}
        </button>
        <button
          type="button"
          className="button primary"
          autoFocus
          data-testid="export-save"
          disabled={save.isPending}
          onClick={() => save.mutate()}
        >
          <Icon name="download" size={17} />
          {say('export.save')}
        </button>
      </div>
    </Dialog>
  );
}

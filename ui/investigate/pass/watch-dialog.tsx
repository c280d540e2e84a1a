import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WatchlistEntry, WatchlistInput } from '#api/contract/sightings.ts';
import { WatchForm } from '../../alerts/watch-form.tsx';
import { sendJson } from '../../shared/api-client.ts';
import { Dialog } from '../../shared/dialog.tsx';
import { useText } from '../../shared/i18n.ts';
import { showToast } from '../../shared/toast.tsx';

/** Watches the plate of a pass, with the reason of the search to begin with and an end. */
export function WatchDialog(props: { plate: string; reason: string; onClose: () => void }) {
  const { say } = useText();
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: (body: WatchlistInput) => sendJson<WatchlistEntry>('POST', '/api/watchlist', body),
    onSuccess: (entry) => {
      void client.invalidateQueries({ queryKey: ['watchlist'] });
      showToast(say('watch.done', { plate: entry.plate }));
      props.onClose();
    },
  });
  return (
    <Dialog title={say('watch.title', { plate: props.plate })} isNarrow onClose={props.onClose}>
      <p className="muted small">{say('watchlist.about')}</p>
      <WatchForm
        plate={props.plate}
        reason={props.reason}
        error={add.error}
        isPending={add.isPending}
        onAdd={(input) => add.mutate(input)}
      />
    </Dialog>
  );
}

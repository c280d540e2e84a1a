import { useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { Dialog } from '../../shared/dialog.tsx';
import { useText } from '../../shared/i18n.ts';
import { CameraDialog } from '../edit/camera-dialog.tsx';
import type { CameraForm } from '../edit/camera-form.ts';
import type { RecordingDefaults } from '../list/camera-list.ts';
import { AddByAddress, type AddressForm, emptyAddress } from './add-by-address.tsx';
import { DiscoverPanel } from './discover-panel.tsx';

interface AddCameraDialogProps {
  readonly cameras: readonly Camera[];
  readonly areas: readonly string[];
  readonly defaults: RecordingDefaults | undefined;
  onOpen: (cameraId: string) => void;
  onClose: () => void;
}

const ways = ['address', 'discover'] as const;

/** Adds cameras: one by its address, those that answer on the network, or one that cannot be reached now by hand. */
export function AddCameraDialog(props: AddCameraDialogProps) {
  const { say } = useText();
  const { cameras, areas, onClose } = props;
  const [way, setWay] = useState<(typeof ways)[number]>('address');
  const [address, setAddress] = useState<AddressForm>(emptyAddress);
  const [byHand, setByHand] = useState<Partial<CameraForm>>();
  if (byHand) return <CameraDialog known={byHand} areas={areas} defaults={props.defaults} onClose={onClose} />;
  return (
    <Dialog title={say('cameras.add')} onClose={onClose}>
      <div className="segmented add-ways" role="group" aria-label={say('cameras.add')}>
        {ways.map((one) => (
          <button
            key={one}
            type="button"
            data-testid={`add-${one}`}
            aria-pressed={way === one}
            onClick={() => setWay(one)}
          >
            {say(`add.${one}`)}
          </button>
        ))}
      </div>
      {way === 'address' ? (
        <AddByAddress
          cameras={cameras}
          areas={areas}
          form={address}
          onForm={setAddress}
          onByHand={setByHand}
          onOpen={props.onOpen}
          onClose={onClose}
        />
      ) : (
        <DiscoverPanel
          cameras={cameras}
          onPick={(url, givenName) => {
            setAddress((before) => ({ ...before, url, givenName }));
            setWay('address');
          }}
        />
      )}
    </Dialog>
  );
}

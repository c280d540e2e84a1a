import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { Fingerprint } from '../edit/fingerprint.tsx';

/** Trust is given by a person who compared, never by default. */
export function TrustCertificate({ sha256, onTrust }: { sha256: string; onTrust: (sha256: string) => void }) {
  const { say } = useText();
  return (
    <div className="notice warn" data-testid="certificate">
      <Icon name="shield" size={18} />
      <div className="certificate">
        <div>{say('certificate.compare')}</div>
        <Fingerprint sha256={sha256} />
        <button type="button" className="button" data-testid="certificate-trust" onClick={() => onTrust(sha256)}>
          {say('certificate.trust')}
        </button>
      </div>
    </div>
  );
}

import type { Camera } from '#api/contract/cameras.ts';
import { formatBitrate } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { codecName, soundName } from '../codec-name.ts';

/** Where its pictures come from and how. */
export function CameraFacts({ camera }: { camera: Camera }) {
  const { say } = useText();
  const { state, onvif, transport = 'auto' } = camera;
  const picture = [
    codecName(state.codec),
    state.widthPx === undefined ? '' : `${state.widthPx} × ${state.heightPx ?? '?'}`,
    state.status === 'live' && state.framesPerSecond > 0 ? `${state.framesPerSecond.toFixed(0)} fps` : '',
    state.status === 'live' && state.bitrateKbps > 0 ? formatBitrate(state.bitrateKbps) : '',
  ].filter((part) => part !== '');
  return (
    <section>
      <h3>{say('camera.source')}</h3>
      <dl className="facts small">
        <div>
          <dt>{say('camera.url')}</dt>
          <dd>
            <code className="camera-url">{camera.url}</code>
          </dd>
        </div>
        {camera.subUrl && (
          <div>
            <dt>{say('camera.subUrl')}</dt>
            <dd>
              <code className="camera-url">{camera.subUrl}</code>
            </dd>
          </div>
        )}
        {picture.length > 0 && (
          <div>
            <dt>{say('camera.picture')}</dt>
            <dd>{picture.join(' · ')}</dd>
          </div>
        )}
        {state.codec !== undefined && (
          <div>
            <dt>{say('camera.sound')}</dt>
            <dd>{soundName(state.sound) || say('camera.soundOffered')}</dd>
          </div>
        )}
        <div>
          <dt>{say('camera.transport')}</dt>
          <dd>
            {say(`transport.${state.transport ?? transport}`)}
            {state.transport && transport === 'auto' && <span className="muted"> · {say('transport.chosen')}</span>}
            {camera.certificateSha256 && (
              <span className="with-icon muted">
                <Icon name="shield" size={14} />
                {say('certificate.trusted')}
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>ONVIF</dt>
          <dd>
            {onvif ? <code className="camera-url">{onvif.serviceUrl}</code> : say('found.noOnvif')}
            {onvif && (
              <div className="muted">
                {[
                  onvif.main.service === 'media2' ? 'Profile T' : 'Profile S',
                  onvif.hasPtz ? say('found.ptz') : '',
                  onvif.hasRecordings ? say('found.card') : '',
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </div>
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
}

import type { AnalyzerTopics } from '#analyzers/ports.ts';
import type { CameraState, TransportChoice } from '#ingest/cameras/camera.ts';
import type { AddressProbeResult } from '#ingest/cameras/address-probe.ts';
import type { ProbeStep } from '#ingest/cameras/camera-probe.ts';
import type { Still } from '#ingest/frames/still-cache.ts';
import type { AccessUnit, CameraId, StreamKind } from '#ingest/media.ts';
import type { CameraImaging, PtzCommand } from '#ingest/onvif/camera-control.ts';
import type { DiscoveredDevice } from '#ingest/onvif/discovery-message.ts';
import type { ImagingSettings } from '#ingest/onvif/imaging.ts';
import type { PtzPreset } from '#ingest/onvif/ptz.ts';
import type { IngestTopics } from '#ingest/ports.ts';
import type { Bus } from '#infra/runtime/bus.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Metrics } from '#infra/runtime/metrics.ts';
import type { Storage } from '#storage/storage.ts';
import type { LiveSource } from '#streaming/live-source.ts';
import type { CameraProducers } from '#streaming/webrtc/camera-producers.ts';
import type { MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import type { StreamingConfig } from '#streaming/config.ts';
import type { ApiConfig } from './config.ts';
import type { SystemStatus } from './contract/system.ts';
import type { TrialSettings } from './kitchen-setup/trial-plan.ts';
import type { RunTrial } from './kitchen-setup/trial-queue.ts';

/** The cameras of this node, as the API needs them. Implemented by the camera node in `infra/processes`. */
export interface CameraGateway extends LiveSource {
  state(cameraId: string): CameraState | undefined;
  probe(request: {
    readonly url: string;
    readonly username: string | undefined;
    readonly password: string | undefined;
    readonly transport?: TransportChoice | undefined;
    readonly certificateSha256?: string | undefined;
    /** Told of each step as it is passed. */
    readonly onStep?: ((step: ProbeStep) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<AddressProbeResult>;
  /** Devices of the local network. */
  discover(request: {
    readonly durationMs: number;
    readonly interfaceName: string | undefined;
  }): Promise<readonly DiscoveredDevice[]>;
  /** Steers a camera; see `CameraControl`. */
  steer(cameraId: CameraId, command: PtzCommand): Promise<void>;
  presets(cameraId: CameraId): Promise<readonly PtzPreset[]>;
  /** Keeps where the camera looks now. @returns the token */
  keepPreset(cameraId: CameraId, name: string): Promise<string>;
  renamePreset(cameraId: CameraId, preset: PtzPreset): Promise<void>;
  removePreset(cameraId: CameraId, token: string): Promise<void>;
  imaging(cameraId: CameraId): Promise<CameraImaging>;
  setImaging(cameraId: CameraId, settings: ImagingSettings): Promise<CameraImaging>;
  /** Asks for a key frame of each stream now. */
  synchronize(cameraId: CameraId): Promise<void>;
  /** JPEG of this key frame of a stream, or of the one before when that is being made just now. */
  still(cameraId: string, stream: StreamKind, unit: AccessUnit): Promise<Still>;
  /** JPEG of any key frame, not remembered. @param queue of those that wait under one name the newest is decoded */
  decode(queue: string, keyFrame: AccessUnit): Promise<Buffer>;
  /**
   * How many persons the detector sees in a JPEG; nobody is told apart, and nothing is kept.
   * @returns undefined while the models are not there
   */
  personsIn(jpeg: Uint8Array): Promise<number | undefined>;
  /** The registry changed: connect, reconnect or drop this camera. */
  cameraChanged(cameraId: CameraId): Promise<void>;
}

export interface ApiDeps {
  readonly config: ApiConfig;
  readonly streamingConfig: StreamingConfig;
  readonly storage: Storage;
  readonly cameras: CameraGateway;
  /** Undefined when there is no relay program on this machine; live pictures then go over the fallback. */
  readonly relay: { readonly workers: MediaWorkers; readonly producers: CameraProducers } | undefined;
  readonly bus: Bus<IngestTopics & AnalyzerTopics>;
  /** Folder that recordings lie in. */
  readonly recordingFolder: string;
  /** How a kitchen's set-up is tried on recordings, and which items an installed model judges. */
  readonly kitchenTrials: {
    readonly settings: TrialSettings;
    readonly run: RunTrial;
    modelItems(): Promise<readonly string[]>;
  };
  /** Folder that exports are written to. */
  readonly exportFolder: string;
  /** Folder of the built pages. */
  readonly uiFolder: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  systemStatus(): Promise<Omit<SystemStatus, 'version' | 'time'>>;
}

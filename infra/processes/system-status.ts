import { analyzerErrors } from '#analyzers/errors.ts';
import type { SystemStatus } from '#api/contract/system.ts';
import type { ErrorText } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { storageErrors } from '#storage/errors.ts';
import type { Storage } from '#storage/storage.ts';
import { streamingErrors } from '#streaming/errors.ts';
import type { CameraNode } from './camera-node.ts';

type Notice = SystemStatus['notices'][number];

function notice(code: string, level: Notice['level'], text: ErrorText): Notice {
  return { code, level, en: `${text.en} ${text.remedyEn}`, zh: `${text.zh}${text.remedyZh}` };
}

/** What a person should know of the system now, worst first. */
export async function systemStatus(deps: {
  readonly storage: Storage;
  readonly cameras: CameraNode;
  readonly isRelayMissing: boolean;
  readonly isDemo: boolean;
  /** Codes of the alarms that are open. */
  readonly alarms: ReadonlySet<string>;
  readonly recordingDefaults: SystemStatus['recordingDefaults'];
  diskFreeBytes(): Promise<number>;
}): Promise<Omit<SystemStatus, 'version' | 'time'>> {
  const { storage, cameras } = deps;
  const notices: Notice[] = [];
  // The writer knows first when it has something to write; a server that hangs shows at the question.
  if (storage.writer.isDatabaseAway || !(await storage.isReachable()))
    notices.push(notice('DATABASE_UNAVAILABLE', 'error', storageErrors.DATABASE_UNAVAILABLE.text));
  const recordingFaults = new Set(cameras.ingest.cameras.map(({ recording }) => recording?.errorCode));
  if (recordingFaults.has('DISK_FULL')) notices.push(notice('DISK_FULL', 'error', ingestErrors.DISK_FULL.text));
  else if (recordingFaults.has('DISK_SLOW')) notices.push(notice('DISK_SLOW', 'error', ingestErrors.DISK_SLOW.text));
  else if (recordingFaults.has('DISK_WRITE_FAILED'))
    notices.push(notice('DISK_WRITE_FAILED', 'error', ingestErrors.DISK_WRITE_FAILED.text));
  else if (deps.alarms.has('DISK_LOW')) notices.push(notice('DISK_LOW', 'warning', ingestErrors.DISK_LOW.text));
  const failure = cameras.modelFailure;
  if (failure) notices.push(notice(failure.code, 'error', failure.text));
  else if (!cameras.areModelsReady) notices.push(notice('MODELS_LOADING', 'info', analyzerErrors.MODELS_LOADING.text));
  if (deps.isRelayMissing)
    notices.push(notice('WEBRTC_WORKER_MISSING', 'info', streamingErrors.WEBRTC_WORKER_MISSING.text));
  const states = cameras.ingest.cameras.map(({ camera }) => cameras.state(camera.id)?.status);
  return {
    isDemo: deps.isDemo,
    notices,
    cameras: { total: states.length, live: states.filter((status) => status === 'live').length },
    spooledEvents: storage.writer.pendingCount(),
    diskFreeBytes: await deps.diskFreeBytes(),
    recordingDefaults: deps.recordingDefaults,
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const MAIN = new URL('../infra/cli/main.ts', import.meta.url).pathname;

export interface SimulatorProcess {
  readonly onvifUrls: readonly string[];
  stop(): Promise<void>;
}

/** Starts `./vantage simulate` with an ONVIF device for each camera, all on free ports, and waits for their addresses. */
export async function startSimulator(options: {
  readonly cameras: number;
  readonly username: string;
  readonly password: string;
}): Promise<SimulatorProcess> {
  const args = ['simulate', '--cameras', `${options.cameras}`, '--scenes', 'gate', '--port', '0', '--onvif-port', '0'];
  const child: ChildProcess = spawn(
    process.execPath,
    [MAIN, ...args, '--username', options.username, '--password-env', 'SIMULATED_PASSWORD', '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SIMULATED_PASSWORD: options.password } },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (!child.stdout) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<string>((resolve) => lines.once('line', resolve));
  const line = await Promise.race([first, exited]);
  if (line === undefined) throw new Error('the simulator ended before it was ready');
  const { cameras } = JSON.parse(line) as { cameras: { onvifUrl: string }[] };
  return {
    onvifUrls: cameras.map(({ onvifUrl }) => onvifUrl),
    async stop() {
      child.kill('SIGINT');
      await exited;
    },
  };
}

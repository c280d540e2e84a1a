import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

/**
 * Three network name spaces in a row, which vanish with this process: ours, a router, and the camera's. While the cable is cut the router
 * drops what it is to pass on, without a word: nothing is refused, nothing answers.
 */
export interface CutCable {
  readonly cameraHost: string;
  /** Puts before a command what runs it on one side. */
  at(side: 'ours' | 'camera', command: readonly string[]): readonly [string, ...string[]];
  cut(): void;
  mend(): void;
  close(): void;
}

/** Documentation addresses of RFC 5737: they lead nowhere else. */
const OURS = { host: '198.51.100.1', router: '198.51.100.2' };
const CAMERA = { host: '198.51.100.6', router: '198.51.100.5' };
const FORWARD = '/proc/sys/net/ipv4/ip_forward';

/** @returns undefined where the system does not let us: it takes root, and network name spaces */
export function layCable(): CutCable | undefined {
  const holders: ChildProcess[] = [];
  const close = (): void => {
    for (const holder of holders) holder.kill('SIGKILL');
  };
  try {
    execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' });
    const [ours, router, camera] = ['ours', 'router', 'camera'].map(() => {
      // Its name space lasts as long as it does, and it ends when its standard input does: with us.
      const holder = spawn('unshare', ['-n', 'cat'], { stdio: ['pipe', 'ignore', 'ignore'] });
      holders.push(holder);
      return String(holder.pid);
    });
    if (!ours || !router || !camera) throw new Error('no process');
    const inside = (pid: string, words: string): void => {
      execFileSync('nsenter', ['-t', pid, '-n', ...words.split(' ')], { stdio: 'ignore' });
    };
    const forward = (value: 0 | 1): void => {
      execFileSync('nsenter', ['-t', router, '-n', 'sh', '-c', `echo ${value} > ${FORWARD}`], { stdio: 'ignore' });
    };
    waitForOwnNetwork([ours, router, camera]);
    for (const [pid, side, name] of [
      [ours, OURS, 'left'],
      [camera, CAMERA, 'right'],
    ] as const) {
      inside(pid, `ip link add cable type veth peer name ${name} netns ${router}`);
      inside(pid, 'ip link set lo up');
      inside(pid, `ip addr add ${side.host}/30 dev cable`);
      inside(pid, 'ip link set cable up');
      inside(router, `ip addr add ${side.router}/30 dev ${name}`);
      inside(router, `ip link set ${name} up`);
      inside(pid, `ip route add default via ${side.router}`);
    }
    forward(1);
    return {
      cameraHost: CAMERA.host,
      at: (side, command) => ['nsenter', '-t', side === 'ours' ? ours : camera, '-n', ...command],
      cut: () => forward(0),
      mend: () => forward(1),
      close,
    };
  } catch {
    close();
    return undefined;
  }
}

/** `unshare` has its own name space only a moment after it was started. */
function waitForOwnNetwork(pids: readonly string[]): void {
  const networkOf = (pid: string): string => execFileSync('readlink', [`/proc/${pid}/ns/net`]).toString();
  const mine = networkOf('self');
  const untilMs = Date.now() + 10_000;
  while (pids.some((pid) => networkOf(pid) === mine)) if (Date.now() > untilMs) throw new Error('no name space');
}

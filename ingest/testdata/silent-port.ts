import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Listens and never accepts, its queue full: further connects are dropped by the system without a word, as behind a cut cable. */
const SCRIPT = `
import socket, sys
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(('127.0.0.1', int(sys.argv[1])))
listener.listen(0)
waiting = []
for _ in range(4):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(listener.getsockname())
    waiting.append(one)
print('listening', flush=True)
sys.stdin.read()
`;

/** @returns a function that ends it */
export async function makeSilent(port: number): Promise<() => Promise<void>> {
  const child: ChildProcess = spawn('python3', ['-c', SCRIPT, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  if (!child.stdout) throw new Error('no standard output');
  const started = await Promise.race([once(child.stdout, 'data'), exited.then(() => undefined)]);
  if (!started) throw new Error(`port ${port} could not be made silent`);
  return async () => {
    child.kill('SIGKILL');
    await exited;
  };
}

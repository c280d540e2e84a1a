import { type ChildProcess, fork } from 'node:child_process';
import { describeError } from '#infra/runtime/app-error.ts';

/** What one of our own child processes can be asked; arguments and results cross as JSON. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>;
type ArgumentsOf<F> = F extends (...list: infer A) => unknown ? A : never;
type ResultOf<F> = F extends (argument: never) => infer R ? Awaited<R> : never;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly failure?: string;
}

/** Makes this process, started by `ChildCaller`, answer; it ends with the process that started it. */
export function answerCalls(calls: Calls): void {
  process.on('disconnect', () => process.exit());
  // A SIGINT of the terminal reaches the whole group; the parent ends us in order.
  process.on('SIGINT', () => undefined);
  process.on('message', (question: Question) => {
    const call = calls[question.name] as ((argument: unknown) => unknown) | undefined;
    void Promise.resolve()
      .then(() => call?.(question.argument))
      .then(
        (result): Answer => ({ id: question.id, result }),
        (error: unknown): Answer => ({ id: question.id, failure: describeError(error) }),
      )
      .then((answer) => process.send?.(answer));
  });
}

/** A child process of ours and the questions to it. */
export class ChildCaller<C extends Calls> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  readonly #gone: Promise<void>;
  #nextId = 1;

  /** @param execArgv for Node itself, e.g. `--cpu-prof` */
  constructor(file: URL, execArgv: readonly string[] = []) {
    this.#child = fork(file, [], { execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.failure === undefined) waiting?.resolve(answer.result);
      else waiting?.reject(new Error(answer.failure));
    });
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        for (const waiting of this.#waiting.values()) waiting.reject(new Error(`the process ended: ${signal ?? code}`));
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  call<K extends keyof C & string>(name: K, ...[argument]: ArgumentsOf<C[K]>): Promise<ResultOf<C[K]>> {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#child.send({ id, name, argument } satisfies Question);
    // The other end runs the function of this very type.
    return promise as Promise<ResultOf<C[K]>>;
  }

  /** Lets it end by itself, as it does when nobody can ask any more. */
  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#gone;
  }
}

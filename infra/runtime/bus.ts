/** Live notices between parts of the system. In memory on one machine; NATS implements the same between machines. */
export interface Bus<Topics extends object> {
  publish<K extends keyof Topics & string>(topic: K, message: Topics[K]): void;
  /** @returns a function that ends the subscription */
  subscribe<K extends keyof Topics & string>(topic: K, listener: (message: Topics[K]) => void): () => void;
}

/** Delivers to each listener at once, in order of subscription; one that throws is reported and does not stop the rest. */
export class MemoryBus<Topics extends object> implements Bus<Topics> {
  readonly #listeners = new Map<string, Set<(message: never) => void>>();
  readonly #onListenerError: (error: unknown, topic: string) => void;

  constructor(onListenerError: (error: unknown, topic: string) => void) {
    this.#onListenerError = onListenerError;
  }

  publish<K extends keyof Topics & string>(topic: K, message: Topics[K]): void {
    for (const listener of this.#listeners.get(topic) ?? []) {
      try {
        listener(message as never);
      } catch (error) {
        this.#onListenerError(error, topic);
      }
    }
  }

  subscribe<K extends keyof Topics & string>(topic: K, listener: (message: Topics[K]) => void): () => void {
    const set = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, set);
    set.add(listener as (message: never) => void);
    return () => {
      set.delete(listener as (message: never) => void);
    };
  }
}

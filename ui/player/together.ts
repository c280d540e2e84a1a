/** A picture that comes late does not keep the others back for longer than this. */
const togetherWithinMs = 80;

let coming = 0;
let waiting: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

function release(): void {
  clearTimeout(timer);
  timer = undefined;
  const released = waiting;
  waiting = [];
  for (const one of released) one();
}

/**
 * Gives what is there when all others that come at the same time are there too: pictures that are shown one by one have the
 * browser draw the whole wall for each.
 */
export async function together<T>(one: Promise<T>): Promise<T> {
  coming += 1;
  try {
    return await one;
  } finally {
    coming -= 1;
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (coming === 0) release();
      else timer ??= setTimeout(release, togetherWithinMs);
    });
  }
}

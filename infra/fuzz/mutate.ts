/** 0 ≤ value < 1, the same row for the same seed. */
export type Random = () => number;

/** @see Mulberry32, a 32-bit generator by T. Ettinger: small, and good enough to choose bytes */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MAX_SIZE_BYTES = 256 * 1024;
/** Values at which lengths and counters turn over. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

type Mutation = (bytes: Buffer, random: Random, other: Buffer, words: readonly string[]) => Buffer;

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = below(random, bytes.length);
    if (bytes.length > 0) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(random, 8)), at);
    return bytes;
  },
  function setByte(bytes, random) {
    if (bytes.length > 0) bytes.writeUInt8(below(random, 256), below(random, bytes.length));
    return bytes;
  },
  function setEdge(bytes, random) {
    const value = EDGES[below(random, EDGES.length)] ?? 0;
    const size = [1, 2, 4][below(random, 3)] ?? 1;
    if (bytes.length >= size) bytes.writeUIntBE(value % 2 ** (8 * size), below(random, bytes.length - size + 1), size);
    return bytes;
  },
  function cutEnd(bytes, random) {
    return bytes.subarray(0, below(random, bytes.length + 1));
  },
  function cutOut(bytes, random) {
    const from = below(random, bytes.length + 1);
    const to = from + below(random, Math.min(64, bytes.length - from) + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  function repeat(bytes, random) {
    const from = below(random, bytes.length + 1);
    const part = bytes.subarray(from, from + below(random, 256));
    const times = 1 + below(random, 8);
    return Buffer.concat([bytes.subarray(0, from), ...Array.from({ length: times }, () => part), bytes.subarray(from)]);
  },
  function putNoise(bytes, random) {
    const at = below(random, bytes.length + 1);
    const noise = Buffer.from(Array.from({ length: below(random, 32) }, () => below(random, 256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  function putWord(bytes, random, _other, words) {
    const at = below(random, bytes.length + 1);
    const word = Buffer.from(words[below(random, words.length)] ?? '', 'latin1');
    const isOver = random() < 0.5;
    return Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(isOver ? at + word.length : at)]);
  },
  function changeNumber(bytes, random) {
    const text = bytes.toString('latin1');
    const numbers = [...text.slice(0, 4096).matchAll(/\d+/g)];
    const chosen = numbers[below(random, numbers.length)];
    if (!chosen) return bytes;
    const value = random() < 0.7 ? String(EDGES[below(random, EDGES.length)]) : '9'.repeat(1 + below(random, 30));
    const behind = chosen.index + chosen[0].length;
    return Buffer.concat([bytes.subarray(0, chosen.index), Buffer.from(value), bytes.subarray(behind)]);
  },
  function splice(bytes, random, other) {
    return Buffer.concat([
      bytes.subarray(0, below(random, bytes.length + 1)),
      other.subarray(below(random, other.length + 1)),
    ]);
  },
];

/** One seed, damaged in one to eight ways. The seed is left as it is. */
export function mutate(seeds: readonly Buffer[], random: Random, words: readonly string[] = []): Buffer {
  const pick = (): Buffer => seeds[below(random, seeds.length)] ?? Buffer.alloc(0);
  let bytes: Buffer = Buffer.from(pick());
  for (let left = 1 + below(random, 8); left > 0; left--) {
    const mutation = MUTATIONS[below(random, MUTATIONS.length)];
    if (mutation) bytes = mutation(bytes, random, pick(), words);
    if (bytes.length > MAX_SIZE_BYTES) bytes = bytes.subarray(0, MAX_SIZE_BYTES);
  }
  return bytes;
}

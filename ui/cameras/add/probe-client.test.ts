import { expect, test } from 'vitest';
import { linesOf } from './probe-client.ts';

async function* cut(text: string, at: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += at) yield text.slice(from, from + at);
}

test('puts lines together however the network cuts them', async () => {
  const text = '{"step":1}\n\n{"step":2}\n{"result":3}';
  for (const at of [1, 3, 7, 100]) {
    const lines: string[] = [];
    for await (const line of linesOf(cut(text, at))) lines.push(line);
    expect(lines).toEqual(['{"step":1}', '{"step":2}', '{"result":3}']);
  }
});

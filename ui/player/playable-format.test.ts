import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hideSound, playableFormat } from './playable-format.ts';

test('plays the pictures that the browser knows, whatever the sound is', () => {
  const knows = (mimeType: string) => mimeType === 'video/mp4; codecs="avc1.42e01f"';
  const mimeType = 'video/mp4; codecs="avc1.42e01f"';
  expect(playableFormat('avc1.42e01f', knows)).toEqual({ mimeType, hasSound: false });
  expect(playableFormat('avc1.42e01f,mp4a.40.2', knows)).toEqual({ mimeType, hasSound: true });
  expect(playableFormat('avc1.42e01f,pcma', knows)).toEqual({ mimeType, hasSound: true });
  expect(playableFormat('hvc1.1.6.L93.B0,mp4a.40.2', knows)).toBeUndefined();
});

test('hides every track but the first, and the pictures play on', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vantage-hide-'));
  try {
    const file = path.join(folder, 'a.mp4');
    const source = '-f lavfi -i testsrc2=size=160x96:rate=25 -f lavfi -i sine=440:sample_rate=8000 -t 3';
    const fragmented = '-movflags frag_keyframe+empty_moov+default_base_moof';
    spawnSync('ffmpeg', `-v error ${source} -c:v libx264 -g 25 -c:a aac ${fragmented} -y ${file}`.split(' '));
    const before = readFileSync(file);
    const bytes = before.buffer.slice(before.byteOffset, before.byteOffset + before.length);
    hideSound(bytes);
    writeFileSync(file, Buffer.from(bytes));
    const entries = 'stream=codec_type,nb_read_frames';
    const probed = spawnSync(
      'ffprobe',
      ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'csv=p=0', file],
      {
        encoding: 'utf8',
      },
    );
    expect(probed.stdout.trim()).toBe('video,75');
    expect(probed.stderr).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { describe, expect, it } from 'vitest';
import { PersonMemory } from './person-memory.ts';

const standing = { x: 0.4, y: 0.3, width: 0.08, height: 0.4 };
const other = { x: 0.6, y: 0.32, width: 0.08, height: 0.4 };

describe('PersonMemory', () => {
  it('keeps somebody who is missed for some pictures where they stood, and no longer', () => {
    const memory = new PersonMemory();
    memory.update([standing], 0);
    expect(memory.update([], 3000)).toEqual([standing]);
    expect(memory.update([], 12_000)).toEqual([standing]);
    expect(memory.update([], 18_000)).toEqual([]);
  });

  it('does not leave people behind where they walked', () => {
    const memory = new PersonMemory();
    for (let second = 0; second < 6; second++) {
      const walking = { ...standing, x: 0.2 + second * 0.1 };
      expect(memory.update([walking], second * 1000)).toEqual([walking]);
    }
  });

  it('knows of two people, of whom one is missed, which one it was', () => {
    const memory = new PersonMemory();
    memory.update([standing, other], 0);
    const still = { ...other, x: 0.603 };
    expect(memory.update([still], 3000)).toEqual([standing, still]);
  });

  it('does not take somebody far away in the picture for one who stands near the camera', () => {
    const memory = new PersonMemory();
    memory.update([standing], 0);
    const far = { x: 0.42, y: 0.45, width: 0.04, height: 0.2 };
    expect(memory.update([far], 1000)).toEqual([standing, far]);
  });
});

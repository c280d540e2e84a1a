import { access } from 'node:fs/promises';

/** Whether there is a file or folder of this name, or a link that leads to one. Never throws. */
export async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

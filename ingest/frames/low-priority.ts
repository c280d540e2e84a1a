import os from 'node:os';

const NICENESS = 10;

/** Lets what is live go first. @param pid of a process that was started for something that can wait */
export function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    os.setPriority(pid, NICENESS);
  } catch {
    // It has ended already, or this system has no priorities: then it runs like any other.
  }
}

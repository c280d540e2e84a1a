import { useKeys } from '../shared/use-keys.ts';

/** What the keys of the page do; those that do not apply just now do nothing. */
export function useInvestigateKeys(run: {
  focusBox: () => void;
  move: (by: 1 | -1) => void;
  step: (by: 1 | -1) => void;
  openMarked: () => void;
  compare: () => void;
  showCompared: () => void;
  keep: () => void;
  watch: () => void;
  trajectory: () => void;
  play: () => void;
  exportList: () => void;
  close: () => void;
}): void {
  useKeys([
    { keys: ['/'], label: 'keys.investigate.box', run: run.focusBox },
    {
      keys: ['ArrowUp', 'ArrowDown'],
      label: 'keys.investigate.move',
      run: (key) => run.move(key === 'ArrowUp' ? -1 : 1),
    },
    { keys: ['Enter'], label: 'keys.investigate.open', run: run.openMarked },
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      label: 'keys.investigate.walk',
      run: (key) => run.step(key === 'ArrowLeft' ? -1 : 1),
    },
    { keys: ['T'], label: 'keys.investigate.trajectory', run: run.trajectory },
    { keys: ['P'], label: 'keys.investigate.play', run: run.play },
    { keys: ['C'], label: 'keys.investigate.compare', run: run.compare },
    { keys: ['V'], label: 'keys.investigate.showCompared', run: run.showCompared },
    { keys: ['K'], label: 'keys.investigate.keep', run: run.keep },
    { keys: ['W'], label: 'keys.investigate.watch', run: run.watch },
    { keys: ['X'], label: 'keys.investigate.export', run: run.exportList },
    { keys: ['Escape'], label: 'keys.investigate.close', run: run.close },
  ]);
}

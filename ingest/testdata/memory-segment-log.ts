import type { RecordingGap, SegmentRecord } from '../media.ts';
import type { SegmentLog } from '../ports.ts';

/** Keeps what a recorder announces, in order; complains of a gap that is closed without having been opened. */
export class MemorySegmentLog implements SegmentLog {
  readonly segments: SegmentRecord[] = [];
  readonly gaps = new Map<string, RecordingGap>();

  appendSegment(segment: SegmentRecord): void {
    this.segments.push(segment);
  }

  openGap(gap: RecordingGap): void {
    this.gaps.set(gap.gapId, gap);
  }

  closeGap(gap: RecordingGap): void {
    if (!this.gaps.has(gap.gapId)) throw new Error('a gap was closed that was never opened');
    this.gaps.set(gap.gapId, gap);
  }

  get gapList(): RecordingGap[] {
    return [...this.gaps.values()];
  }
}

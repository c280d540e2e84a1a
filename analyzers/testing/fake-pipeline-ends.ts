import type { AnalysisEvent, EvidencePicture } from '../analysis-event.ts';
import type { AnalysisJob, AnalysisResult } from '../pool/analyzer-messages.ts';
import type { EventSink } from '../ports.ts';

/** Answers each picture with what the test put next. */
export class FakePool {
  readonly jobs: AnalysisJob[] = [];
  next: Pick<AnalysisResult, 'detections' | 'plates'> = { detections: [], plates: [] };
  mode: 'answer' | 'drop' | 'fail' = 'answer';

  async submit(_key: string, job: AnalysisJob): Promise<AnalysisResult | undefined> {
    this.jobs.push(job);
    if (this.mode === 'drop') return undefined;
    if (this.mode === 'fail') throw new Error('the thread died');
    const vehiclesRead = this.next.detections.flatMap(({ label }, index) => (label === 'person' ? [] : [index]));
    return { ...this.next, vehiclesRead, detectMs: 1, readMs: 0 };
  }
}

/** Takes events, or refuses them. */
export class FakeSink implements EventSink {
  readonly stored: { event: AnalysisEvent; pictures: readonly EvidencePicture[] }[] = [];
  refuses = false;

  async emit(event: AnalysisEvent, pictures: readonly EvidencePicture[]): Promise<void> {
    if (this.refuses) throw new Error('the disk is full');
    this.stored.push({ event, pictures });
  }

  get events(): AnalysisEvent[] {
    return this.stored.map(({ event }) => event);
  }
}

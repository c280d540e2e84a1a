import type { ModelSetOptions, SentError } from '../pool/analyzer-messages.ts';
import type { KitchenTrial, TrialSummary, TrialViolation } from './kitchen-trial.ts';

export interface TrialWorkerData {
  readonly trial: KitchenTrial;
  /** Address of a module that provides models. */
  readonly modelSetModule: string;
  readonly modelSetOptions: ModelSetOptions;
}

export type ToTrial = { readonly kind: 'cancel' };

export type FromTrial =
  | { readonly kind: 'progress'; readonly doneMs: number; readonly pictures: number }
  | { readonly kind: 'raised'; readonly violation: TrialViolation }
  | { readonly kind: 'closed'; readonly violationId: string; readonly atMs: number }
  | { readonly kind: 'done'; readonly summary: TrialSummary }
  | { readonly kind: 'failed'; readonly error: SentError };

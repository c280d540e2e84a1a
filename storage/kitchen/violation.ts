import type { Box } from '#analyzers/detection.ts';
import type { CameraId } from '#ingest/media.ts';
import type { ViolationClip } from './violation-clip.ts';

export type ReviewDecision = 'confirmed' | 'dismissed';

export interface Review {
  readonly decision: ReviewDecision;
  readonly reason: string | undefined;
  readonly note: string | undefined;
  /** User name. */
  readonly by: string;
  readonly atMs: number;
}

/** Where a violation stands: `new`, judged, `asked` to be put right, `answered` by the kitchen, `accepted` and so closed. */
export type Stage = 'new' | 'confirmed' | 'dismissed' | 'asked' | 'answered' | 'accepted';

/** Why a violation is kept and not shown as open. */
export type HeldReason = 'below_threshold' | 'item_on_hold';

/** What can be done with a violation; `answered` by the kitchen, the others by an inspector. */
export type Step =
  | 'confirmed'
  | 'dismissed'
  | 'asked'
  | 'sent_back'
  | 'answered'
  | 'accepted'
  | 'rechecked'
  | 'link_renewed'
  | 'link_revoked'
  | 'undone';

/** What steps change of a violation; kept with each step, so that it can be undone. Times are ISO 8601. */
export interface Standing {
  readonly stage: Stage;
  readonly decision?: string | null;
  readonly reason?: string | null;
  readonly note?: string | null;
  readonly reviewedBy?: string | null;
  readonly reviewedAt?: string | null;
  readonly deadline?: string | null;
  readonly askedAt?: string | null;
  readonly answeredAt?: string | null;
  readonly settledAt?: string | null;
}

export interface ViolationStep {
  readonly revision: number;
  readonly step: Step;
  readonly timeMs: number;
  /** User name; undefined: the kitchen, by its link. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
  readonly note: string | undefined;
  readonly deadlineMs: number | undefined;
  readonly photoKey: string | undefined;
}

export interface Violation {
  readonly violationId: string;
  readonly cameraId: CameraId;
  readonly kitchenName: string;
  readonly district: string;
  readonly item: string;
  /** Of the catalogue, when it was found. */
  readonly itemVersion: number;
  readonly ruleId: string;
  readonly ruleName: string | undefined;
  readonly score: number;
  readonly box: Box;
  readonly sinceMs: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number | undefined;
  readonly pictureKey: string | undefined;
  /** Undefined: it is older than clips that are kept. */
  readonly clip: ViolationClip | undefined;
  readonly stage: Stage;
  /** Goes up with every step. */
  readonly revision: number;
  readonly held: HeldReason | undefined;
  /** Until when the kitchen is to put it right. */
  readonly deadlineMs: number | undefined;
  readonly askedAtMs: number | undefined;
  readonly answeredAtMs: number | undefined;
  /** When the remedy was accepted. */
  readonly settledAtMs: number | undefined;
  readonly review: Review | undefined;
}

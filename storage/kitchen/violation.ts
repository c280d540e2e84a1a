import type { Box } from '#analyzers/detection.ts';
import type { CameraId } from '#ingest/media.ts';

export type ReviewDecision = 'confirmed' | 'dismissed';

export interface Review {
  readonly decision: ReviewDecision;
  readonly reason: string | undefined;
  readonly note: string | undefined;
  /** User name. */
  readonly by: string;
  readonly atMs: number;
}

export interface Violation {
  readonly violationId: string;
  readonly cameraId: CameraId;
  readonly kitchenName: string;
  readonly district: string;
  readonly item: string;
  readonly ruleId: string;
  readonly ruleName: string | undefined;
  readonly score: number;
  readonly box: Box;
  readonly sinceMs: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number | undefined;
  readonly pictureKey: string | undefined;
  readonly review: Review | undefined;
}

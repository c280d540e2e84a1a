import type { Sighting } from '../sightings/sighting.ts';
import type { Role } from '../users/user-repository.ts';

/** Who asks. */
export interface CaseUser {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
}

/** The reason for searches, and where their results are kept. */
export interface Case {
  readonly caseId: string;
  /** As the authority numbers it. */
  readonly number: string;
  readonly title: string;
  readonly reason: string;
  /** User name. */
  readonly owner: string;
  readonly ownerId: string;
  /** User names, the owner's first. */
  readonly members: readonly string[];
  readonly memberIds: readonly string[];
  readonly createdAtMs: number;
  /** When it is deleted with all that is kept in it; for a closed case 30 days after closing at the latest. */
  readonly expiresAtMs: number;
  readonly closedAtMs: number | undefined;
  readonly closingNote: string | undefined;
  readonly items: number;
  readonly lastActivityMs: number;
}

/** A sighting as it was when it was put in, with or without a note, or a note alone. */
export interface CaseItem {
  readonly itemId: string;
  /** User name. */
  readonly addedBy: string;
  readonly addedAtMs: number;
  readonly note: string | undefined;
  readonly sighting: Sighting | undefined;
}

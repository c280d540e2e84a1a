/** One file of an export: of one camera, without a gap in it. */
export interface ExportFile {
  readonly cameraId: string;
  /** For people, e.g. `Gate_2026-11-26_18-04-05.mp4`. */
  readonly name: string;
  /** In the folder of the export. */
  readonly file: string;
  readonly kind: 'video' | 'times' | 'subtitles';
  readonly sizeBytes: number;
  /** Of its first and behind its last picture; of a video only. */
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  readonly frames?: number | undefined;
}

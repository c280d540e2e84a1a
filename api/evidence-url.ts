/** Where a page finds a picture by its blob key. */
export function evidenceUrl(key: string): string {
  return `/api/evidence/${key.split('/').map(encodeURIComponent).join('/')}`;
}

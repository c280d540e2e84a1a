/** A SHA-256 in pairs, so that it can be compared by eye with what the camera's own page shows. */
export function Fingerprint({ sha256 }: { sha256: string }) {
  const pairs = sha256.replaceAll(':', '').toUpperCase().match(/../g) ?? [];
  return (
    <code className="fingerprint" data-testid="fingerprint">
      {pairs.join(':')}
    </code>
  );
}

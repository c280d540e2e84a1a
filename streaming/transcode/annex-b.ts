/**
 * The NAL units of an Annex B byte stream, without start codes; trailing zero bytes belong to no unit.
 * @see ITU-T H.264 Annex B
 */
export function splitAnnexB(bytes: Uint8Array): readonly Uint8Array[] {
  const units: Uint8Array[] = [];
  let beganAt = -1;
  const end = (at: number): void => {
    if (beganAt < 0) return;
    let endAt = at;
    while (endAt > beganAt && bytes[endAt - 1] === 0) endAt--;
    if (endAt > beganAt) units.push(bytes.subarray(beganAt, endAt));
  };
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    end(at);
    beganAt = at + 3;
    at += 2;
  }
  end(bytes.length);
  return units;
}

import { InvalidArgumentError, Option } from 'commander';
import { parseFingerprint } from '#ingest/rtsp/fingerprint.ts';

/** `--transport` of every command that connects to cameras. */
export function transportOption(): Option {
  return new Option('--transport <how>', 'how packets come: inside the RTSP connection, or as datagrams')
    .choices(['auto', 'tcp', 'udp'])
    .default('auto');
}

/** `--certificate-sha256` of every command that connects to cameras. */
export function certificateOption(): Option {
  return new Option(
    '--certificate-sha256 <fingerprint>',
    'the one certificate to trust at rtsps addresses; `camera probe` shows it',
  ).argParser((text: string) => {
    const fingerprint = parseFingerprint(text);
    if (fingerprint === undefined) throw new InvalidArgumentError('64 hexadecimal digits are needed');
    return fingerprint;
  });
}

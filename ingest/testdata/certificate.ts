import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A fresh self-signed certificate for 127.0.0.1, made by the system's openssl; it is its own authority. */
export function makeCertificate(): TestCertificate {
  const folder = mkdtempSync(path.join(tmpdir(), 'vantage-certificate-'));
  try {
    const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=camera'.split(' '),
        ...'-addext subjectAltName=IP:127.0.0.1'.split(' '),
        ...['-keyout', keyFile, '-out', certFile],
      ],
      { stdio: 'ignore' },
    );
    const cert = readFileSync(certFile, 'utf8');
    const sha256 = createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');
    return { key: readFileSync(keyFile, 'utf8'), cert, sha256 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One change to the worker's sources before it is built against the system's libraries. */
export interface SourcePatch {
  /** Relative to the worker folder. */
  readonly file: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

/**
 * Each patch must match, else {@link applyPatch} fails: a new mediasoup version may have moved the place, and a worker
 * that is silently built without the DTLS change crashes at its first viewer.
 */
export const WORKER_PATCHES: readonly SourcePatch[] = [
  // Debian 12 has meson 1.0.1, and nothing in the file needs a newer one.
  { file: 'meson.build', pattern: /meson_version: '>= 1\.\d+\.\d+'/, replacement: "meson_version: '>= 1.0.0'" },

  // The static library variant swallows whole archives of its dependencies. Shared system libraries are no such
  // archives, and we build only the executable, which does not need the list.
  { file: 'meson.build', pattern: /^link_whole = \[\n[^\]]*\]\n/m, replacement: 'link_whole = []\n' },
  { file: 'meson.build', pattern: /^ +link_whole \+= \[\n[^\]]*\]\n/gm, replacement: '' },

  // The options belong to the bundled libraries' own build files; our stand-ins have no such options.
  {
    file: 'meson.build',
    pattern: /(subproject\(\s*'[^']+'),\s*default_options: \[[^\]]*\],?\s*\)/g,
    replacement: '$1)',
  },
  {
    file: 'deps/libwebrtc/meson.build',
    pattern: /(subproject\(\s*'[^']+'),\s*default_options: \[[^\]]*\],?\s*\)/g,
    replacement: '$1)',
  },

  // Debian 12 has no package of it, so the stand-in comes in as a subproject like the others.
  {
    file: 'meson.build',
    pattern: /dependency\('unordered_dense'\)/,
    replacement: "subproject('unordered-dense').get_variable('ankerl_unordered_dense_dep')",
  },

  // Debian's OpenSSL is built with kernel TLS. Its SSL_read asks the BIO by BIO_ctrl whether the kernel does the sending,
  // and the answer passes through this callback as (BIO_CB_CTRL | BIO_CB_RETURN). The original answers 1 ("yes") to all but
  // a bare BIO_CB_RETURN, so OpenSSL never allocates its write buffer and the first DTLS handshake is a SIGSEGV.
  {
    file: 'src/RTC/DtlsTransport.cpp',
    pattern: /\(operationType == BIO_CB_RETURN\)/,
    replacement: '((operationType & BIO_CB_RETURN) != 0)',
  },
];

/**
 * @param text content of `patch.file`
 * @throws {Error} the pattern does not occur
 */
export function applyPatch(text: string, patch: SourcePatch): string {
  const patched = text.replace(patch.pattern, patch.replacement);
  if (patched === text) throw new Error(`${patch.file} has no place for the patch ${String(patch.pattern)}`);
  return patched;
}

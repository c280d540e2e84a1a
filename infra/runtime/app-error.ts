/** The ten kinds of failure. The kind alone decides HTTP status and whether a retry may help. */
export type ErrorKind =
  | 'invalid_argument'
  | 'not_found'
  | 'already_exists'
  | 'unauthenticated'
  | 'permission_denied'
  | 'failed_precondition'
  | 'resource_exhausted'
  | 'unavailable'
  | 'deadline_exceeded'
  | 'internal';

/** What a code means for the person who meets it; one plain sentence each, and what to do. */
export interface ErrorText {
  readonly kind: ErrorKind;
  readonly en: string;
  readonly zh: string;
  readonly remedyEn: string;
  readonly remedyZh: string;
}

export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** The one error type that crosses module borders. `context` never holds a password or a URL with credentials. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly text: ErrorText;
  readonly context: ErrorContext;

  constructor(code: string, text: ErrorText, context: ErrorContext = {}, cause?: unknown) {
    super(text.en, cause === undefined ? undefined : { cause });
    this.code = code;
    this.kind = text.kind;
    this.text = text;
    this.context = context;
  }
}

export type ErrorFactory = ((context?: ErrorContext, cause?: unknown) => AppError) & { readonly text: ErrorText };

/**
 * Turns a folder's table of codes into factories: `ingestErrors.RTSP_TIMEOUT({ cameraId })`.
 * Each factory keeps its text, so that the error page can be generated from the same table.
 */
export function declareErrors<const T extends Record<string, ErrorText>>(
  table: T,
): { readonly [K in keyof T]: ErrorFactory } {
  const entries = Object.entries(table).map(([code, text]) => {
    const factory = (context?: ErrorContext, cause?: unknown): AppError => new AppError(code, text, context, cause);
    return [code, Object.assign(factory, { text })] as const;
  });
  return Object.fromEntries(entries) as { [K in keyof T]: ErrorFactory };
}

const UNEXPECTED: ErrorText = {
  kind: 'internal',
  en: 'Something went wrong inside Vantage.',
  zh: '系统内部出现错误。',
  remedyEn: 'Try again; if it happens again, give the code and the time to your administrator.',
  remedyZh: '请重试；如再次出现，请将错误代码和时间告知管理员。',
};

/** Any thrown value as an AppError; a foreign one becomes `UNEXPECTED` with itself as the cause. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : new AppError('UNEXPECTED', UNEXPECTED, {}, thrown);
}

/** One line for logs and the terminal: code, sentence, context. */
export function describeError(thrown: unknown): string {
  const error = toAppError(thrown);
  const context = Object.entries(error.context)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(' ');
  const cause = error.code === 'UNEXPECTED' && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.code}: ${error.message}${cause}${context ? ` [${context}]` : ''}`;
}

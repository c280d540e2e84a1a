import { type Static, type TObject, type TSchema } from 'typebox';
import Value from 'typebox/value';
import { declareErrors } from './app-error.ts';

export const configErrors = declareErrors({
  CONFIG_INVALID: {
    kind: 'invalid_argument',
    en: 'A setting has a value that cannot be used.',
    zh: '某项配置的值无效。',
    remedyEn: 'Correct the named environment variable; docs/config.md lists each with its range.',
    remedyZh: '请更正所指的环境变量；各项取值范围见 docs/config.md。',
  },
});

/** `segmentSeconds` of folder `ingest` is read from `VANTAGE_INGEST_SEGMENT_SECONDS`. */
export function environmentName(folder: string, key: string): string {
  return `VANTAGE_${folder}_${key.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}

/**
 * Reads one folder's settings: defaults of the schema, then the environment, then `overrides`.
 * @returns a frozen object
 * @throws {AppError} `CONFIG_INVALID` with the variable's name
 */
export function readConfig<T extends TObject>(
  folder: string,
  schema: T,
  env: Readonly<Record<string, string | undefined>>,
  overrides: Readonly<Record<string, unknown>> = {},
): Readonly<Static<T>> {
  const result: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(schema.properties)) {
    const name = environmentName(folder, key);
    const text = env[name];
    const declared = property as TSchema & { default?: unknown };
    const raw = overrides[key] ?? (text === undefined || text === '' ? declared.default : text);
    const value = Value.Convert(property as TSchema, raw);
    if (value === undefined || !Value.Check(property as TSchema, value))
      throw configErrors.CONFIG_INVALID({ variable: name });
    result[key] = value;
  }
  return Object.freeze(result) as Readonly<Static<T>>;
}

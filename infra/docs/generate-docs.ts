import { readFile, writeFile } from 'node:fs/promises';
import type { TObject, TSchema } from 'typebox';
import { analyzerConfigSchema } from '#analyzers/config.ts';
import { analyzerErrors } from '#analyzers/errors.ts';
import { apiConfigSchema } from '#api/config.ts';
import { apiErrors } from '#api/errors.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { ingestErrors } from '#ingest/errors.ts';
import type { ErrorFactory } from '#infra/runtime/app-error.ts';
import { configErrors, environmentName } from '#infra/runtime/config.ts';
import { benchErrors } from '../bench/errors.ts';
import { demoErrors } from '../demo/errors.ts';
import { roadErrors } from '../roads/errors.ts';
import { simulationErrors } from '../simulation/errors.ts';
import { setupErrors } from '../setup/errors.ts';
import { storageConfigSchema } from '#storage/config.ts';
import { storageErrors } from '#storage/errors.ts';
import { streamingConfigSchema } from '#streaming/config.ts';
import { streamingErrors } from '#streaming/errors.ts';

/** Makes `docs/config.md` and `docs/errors.md` from the schemas and tables in the code; with `--check` only tells whether they are stale. */

const CONFIGS: Readonly<Record<string, TObject>> = {
  ingest: ingestConfigSchema,
  analyzers: analyzerConfigSchema,
  storage: storageConfigSchema,
  streaming: streamingConfigSchema,
  api: apiConfigSchema,
};

const ERRORS: Readonly<Record<string, Readonly<Record<string, ErrorFactory>>>> = {
  ingest: ingestErrors,
  analyzers: analyzerErrors,
  storage: storageErrors,
  streaming: streamingErrors,
  api: apiErrors,
  'infra/runtime': configErrors,
  'infra/setup': setupErrors,
  'infra/demo': demoErrors,
  'infra/bench': benchErrors,
  'infra/roads': roadErrors,
  'infra/simulation': simulationErrors,
};

interface Described {
  readonly title?: string;
  readonly unit?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly { readonly const?: unknown }[];
}

function range(schema: Described): string {
  if (schema.anyOf) return schema.anyOf.map((option) => `\`${String(option.const)}\``).join(', ');
  if (schema.minimum === undefined && schema.maximum === undefined) return '';
  return `${schema.minimum ?? ''}…${schema.maximum ?? ''}`;
}

export function configPage(): string {
  const lines = [
    '# Settings',
    '',
    'Made by `npm run docs` from the schemas in the code; do not edit. Settings are read from the environment once, at the start.',
    'Cameras, zones, rules and webhooks are data, kept in the database and edited in the pages.',
    '',
    '`DATABASE_URL` names your own PostgreSQL (TimescaleDB where it has the extension); without it an embedded one runs in the data folder. A pooler in between must allow prepared statements (PgBouncer: 1.21 or newer, `max_prepared_statements` above 0).',
    '`VANTAGE_DATA_DIR` is the data folder (default `data` beside the launcher), `VANTAGE_CACHE_DIR` the folder for what is built or downloaded once.',
  ];
  for (const [folder, schema] of Object.entries(CONFIGS)) {
    lines.push('', `## ${folder}`, '', '| variable | default | range | unit | what it does |', '|---|---|---|---|---|');
    for (const [key, property] of Object.entries(schema.properties)) {
      const described = property as TSchema & Described;
      const value = described.default === '' ? '(empty)' : `\`${String(described.default)}\``;
      lines.push(
        `| \`${environmentName(folder, key)}\` | ${value} | ${range(described)} | ${described.unit ?? ''} | **${described.title ?? key}.** ${described.description ?? ''} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

export function errorsPage(): string {
  const lines = [
    '# Errors',
    '',
    'Made by `npm run docs` from the tables in the code; do not edit. Every error has a stable code; its kind alone decides the HTTP status and',
    'whether a retry may help. The pages and the command line show the sentence and the remedy.',
  ];
  for (const [folder, table] of Object.entries(ERRORS)) {
    lines.push('', `## ${folder}`, '', '| code | kind | what happened | what to do |', '|---|---|---|---|');
    for (const [code, { text }] of Object.entries(table)) {
      lines.push(
        `| <a id="${code.toLowerCase()}"></a>\`${code}\` | ${text.kind} | ${text.en}<br>${text.zh} | ${text.remedyEn}<br>${text.remedyZh} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

export const DOC_PAGES: Readonly<Record<string, () => string>> = {
  'docs/config.md': configPage,
  'docs/errors.md': errorsPage,
};

if (import.meta.main) {
  for (const [path, make] of Object.entries(DOC_PAGES)) {
    const file = new URL(`../../${path}`, import.meta.url);
    const known = await readFile(file, 'utf8').catch(() => '');
    if (known !== make()) {
      await writeFile(file, make());
      console.log(`${path} written`);
    }
  }
}

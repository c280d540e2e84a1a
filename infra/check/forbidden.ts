import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A name that would hold what Vantage must never know about a person. */
export interface ForbiddenName {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly name: string;
  readonly because: string;
}

/** Where data gets its shape: tables, model packs, and the API. */
const WATCHED = ['storage/**/*.sql', 'analyzers/**/*.{ts,json}', 'api/contract/**/*.ts'];

const words = (list: string): readonly string[] => list.split(' ');

const PERSON = words('person persons people human pedestrian citizen resident worker cook staff');
const OF_A_PERSON = words(
  'id ids identity identifier name embedding vector feature features descriptor template reid match gallery ' +
    'appearance attribute attributes age sex height weight clothing hair',
);
const OF_A_FACE = words(
  'id ids embedding vector feature features descriptor template print landmark landmarks recognition recognizer ' +
    'match matches gallery search identity token encoding res net',
);

/** Word sequences that are forbidden wherever they occur in a name, and why. */
const FORBIDDEN: readonly { readonly words: readonly (readonly string[])[]; readonly because: string }[] = [
  { words: [['face', 'faces'], OF_A_FACE], because: 'face recognition is out of scope for good' },
  {
    words: [['facial', 'faceid', 'arcface', 'facenet', 'biometric', 'biometrics']],
    because: 'face recognition is out of scope for good',
  },
  { words: [PERSON, OF_A_PERSON], because: 'persons are counted, never identified or described' },
  { words: [PERSON, ['re'], ['id', 'identification']], because: 'persons are never re-identified' },
  {
    words: [['gender', 'ethnicity', 'ethnic', 'race', 'nationality', 'religion', 'emotion', 'emotions', 'gait']],
    because: 'no attribute of a person is kept',
  },
  { words: [['skin'], ['tone', 'color', 'colour']], because: 'no attribute of a person is kept' },
  { words: [['age'], ['group', 'range', 'years', 'class', 'estimate']], because: 'no attribute of a person is kept' },
  { words: [['passport', 'ssn']], because: 'nothing is matched against population registers' },
  {
    words: [
      ['national', 'identity', 'citizen', 'resident'],
      ['id', 'card', 'number', 'register'],
    ],
    because: 'nothing is matched against population registers',
  },
  { words: [['id'], ['card']], because: 'nothing is matched against population registers' },
  { words: [['population'], ['register', 'registry']], because: 'nothing is matched against population registers' },
];
/** Alone these name a person's attribute; inside a longer name they are harmless (`stillAgeMs`). */
const FORBIDDEN_ALONE: ReadonlySet<string> = new Set(['age', 'sex', 'face', 'faces']);

/** The forbidden names of the whole repository; empty when all is well. */
export function findForbiddenNames(root: string): ForbiddenName[] {
  const files = globSync(WATCHED, { cwd: root }).filter((file) => !/\.(test|bench)\.ts$|node_modules/.test(file));
  return files.sort().flatMap((file) => scanText(file, readFileSync(join(root, file), 'utf8')));
}

/**
 * Looks at names only: identifiers, and strings that are one word. Comments and sentences may say that a thing is not done.
 *
 * @param file decides by its ending how comments look
 */
export function scanText(file: string, text: string): ForbiddenName[] {
  const lines = namesOnly(text, file.endsWith('.sql')).split('\n');
  return lines.flatMap((content, index) =>
    (content.match(/[A-Za-z_$][\w$-]*/g) ?? []).flatMap((name) => {
      const because = whyForbidden(name);
      return because === undefined ? [] : [{ file, line: index + 1, name, because }];
    }),
  );
}

/** The reason why a table, field or model slot may not have this name, or undefined. */
export function whyForbidden(name: string): string | undefined {
  const words = splitWords(name);
  if (words.length === 1 && FORBIDDEN_ALONE.has(words[0] ?? '')) return 'no attribute of a person is kept';
  return FORBIDDEN.find((rule) => containsSequence(words, rule.words))?.because;
}

function containsSequence(words: readonly string[], sequence: readonly (readonly string[])[]): boolean {
  return words.some((_, start) => sequence.every((choices, offset) => choices.includes(words[start + offset] ?? '')));
}

function splitWords(name: string): string[] {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  return spaced
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const SQL_COMMENT = /--[^\n]*|\/\*[\s\S]*?\*\//;
const STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/;

/** Takes comments and sentences out, but leaves their line ends, so that line numbers stay. */
function namesOnly(text: string, isSql: boolean): string {
  const comment = isSql ? SQL_COMMENT : COMMENT;
  return text
    .replace(/Promise\.race/g, '')
    .replace(new RegExp(`${comment.source}|${STRING.source}`, 'g'), (part) =>
      /^['"`]\S*$/.test(part) ? part : part.replace(/[^\n]/g, ''),
    );
}

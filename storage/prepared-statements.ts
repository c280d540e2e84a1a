import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import pg from 'pg';
import { aroundQueries } from './around-queries.ts';

/** Begins the text of a statement that is to be prepared. */
const MARK = '/* prepared */ ';
/** SQLSTATE feature_not_supported: among others, a table has other columns than when the statement was prepared. */
const FEATURE_NOT_SUPPORTED = '0A000';

/**
 * Has the server keep the plan of a statement for each connection. A month of sightings is some thirty partitions: planning a search of one
 * plate takes three times as long as doing it. Only for statements whose text stays the same and whose best plan does not depend on their
 * parameters.
 */
export function prepared<T>(statement: RawBuilder<T>): RawBuilder<T> {
  return sql<T>`${sql.raw(MARK)}${statement}`;
}

/** Makes a connection prepare the statements that are marked. To be called when it is opened. */
export function prepareMarked(client: pg.PoolClient): void {
  aroundQueries(client, (parameters, ask) => {
    const [text, values] = parameters;
    if (typeof text !== 'string' || !text.startsWith(MARK) || parameters.length > 2) return ask(...parameters);
    const answer = ask({ name: nameOf(text), text, values });
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError) || error.code !== FEATURE_NOT_SUPPORTED) throw error;
      // Under another name it is prepared anew, on every connection.
      names.set(text, `vantage_${++renamed}_${hashOf(text)}`);
      return ask(text, values);
    });
  });
}

const names = new Map<string, string>();
let renamed = 0;

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `vantage_${hashOf(text)}`;
    names.set(text, name);
  }
  return name;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

import type pg from 'pg';

/**
 * Has every query of a connection go through a function of ours.
 * @param around gets what `query` was called with, and `ask`, which is `query` as it was
 */
export function aroundQueries(
  client: pg.PoolClient,
  around: (parameters: readonly unknown[], ask: (...parameters: unknown[]) => unknown) => unknown,
): void {
  const query: unknown = Reflect.get(client, 'query');
  if (typeof query !== 'function') return;
  const ask = (...parameters: unknown[]): unknown => Reflect.apply(query, client, parameters);
  Object.assign(client, { query: (...parameters: unknown[]) => around(parameters, ask) });
}

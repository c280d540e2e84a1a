import { sql } from 'kysely';
import type { Database } from '../database.ts';

/**
 * The schema as SQL, the same text for the same schema: tables by name with their columns in order, then constraints,
 * indexes, triggers and functions. Partitions are left out: they come and go with the days.
 */
export async function describeSchema(db: Database): Promise<string> {
  const tables = await sql<{ oid: number; name: string; partitioning: string | null }>`
    SELECT c.oid, c.relname AS name, pg_get_partkeydef(c.oid) AS partitioning FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY c.relname`.execute(db);
  const parts: string[] = [await describeExtensions(db), await describeFunctions(db)];
  for (const { oid, name, partitioning } of tables.rows) {
    const columns = await lines(
      db,
      sql`SELECT '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
          || CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END
          || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
          || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS line
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    );
    // PostgreSQL 18 lists NOT NULL as constraints too; earlier ones do not.
    const constraints = await lines(
      db,
      sql`SELECT '  CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
        WHERE conrelid = ${oid} AND contype <> 'n' ORDER BY contype DESC, conname`,
    );
    const indexes = await lines(
      db,
      sql`SELECT pg_get_indexdef(i.indexrelid) || ';' AS line FROM pg_index i
        WHERE i.indrelid = ${oid} AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = i.indexrelid)
        ORDER BY 1`,
    );
    const triggers = await lines(
      db,
      sql`SELECT pg_get_triggerdef(oid) || ';' AS line FROM pg_trigger
        WHERE tgrelid = ${oid} AND NOT tgisinternal ORDER BY tgname`,
    );
    const suffix = partitioning === null ? '' : ` PARTITION BY ${partitioning}`;
    const table = `CREATE TABLE ${name} (\n${[...columns, ...constraints].join(',\n')}\n)${suffix};`;
    parts.push([table, ...indexes, ...triggers].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

async function describeExtensions(db: Database): Promise<string> {
  const found = await lines(
    db,
    sql`SELECT 'CREATE EXTENSION ' || extname || ';' AS line FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1`,
  );
  return found.join('\n');
}

async function describeFunctions(db: Database): Promise<string> {
  const found = await lines(
    db,
    sql`SELECT pg_get_functiondef(p.oid) || ';' AS line FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY p.proname`,
  );
  return found.map((text) => text.replaceAll(/\n;/g, ';')).join('\n\n');
}

async function lines(db: Database, query: ReturnType<typeof sql>): Promise<string[]> {
  const { rows } = await query.execute(db);
  return (rows as { line: string }[]).map(({ line }) => line);
}

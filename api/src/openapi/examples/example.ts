import type { Schema } from '../../http/route.ts';
import type * as z from 'zod';

/** A schema with a value that shows it. */
export interface Example {
  schema: Schema;
  value: unknown;
}

/** What a caller might send. */
export function sent<S extends Schema>(schema: S, value: z.core.input<S>): Example {
  return { schema, value };
}

/** What we might answer. */
export function answered<S extends Schema>(schema: S, value: z.core.output<S>): Example {
  return { schema, value };
}

/** A file of one row, as CSV has it; a column that the row does not know is empty. */
export function toCsvExample(columns: readonly string[], row: Readonly<Record<string, unknown>>): string {
  const cells = columns.map((column) => String(row[column] ?? ''));
  return `${columns.join(',')}\r\n${cells.join(',')}\r\n`;
}

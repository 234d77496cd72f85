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

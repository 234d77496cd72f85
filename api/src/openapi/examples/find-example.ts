import * as z from 'zod';
import type { Schema } from '../../http/route.ts';
import { batchExamples } from './batches.ts';
import { classificationExamples } from './classifications.ts';
import { providerExamples } from './providers.ts';
import { accessExamples, statsExamples, webhookExamples } from './system.ts';

const examples = new Map<Schema, unknown>(
  [
    ...classificationExamples,
    ...batchExamples,
    ...providerExamples,
    ...accessExamples,
    ...webhookExamples,
    ...statsExamples,
  ].map(({ schema, value }) => [schema, value]),
);

/** A value that shows a schema: its own, or for a page one of its items. Undefined where there is none. */
export function findExample(schema: Schema): unknown {
  const own = examples.get(schema);
  if (own !== undefined) return own;
  const item = toItemOfPage(schema);
  const shown = item ? examples.get(item) : undefined;
  return shown === undefined ? undefined : { data: [shown], nextCursor: null };
}

function toItemOfPage(schema: Schema): Schema | null {
  if (!(schema instanceof z.core.$ZodObject)) return null;
  const { data, nextCursor, ...others } = schema._zod.def.shape;
  const isPage = nextCursor !== undefined && Object.keys(others).length === 0;
  return isPage && data instanceof z.core.$ZodArray ? data._zod.def.element : null;
}

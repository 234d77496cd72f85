import { rowLimit } from '@understudy/shared/contracts/classification';
import { pageQuery } from '@understudy/shared/contracts/primitives';

/** What Zod cannot know: that the string `limit` means a number, and that replies gain fields, which clients ignore. */
export function describeBeyondZod(context: {
  zodSchema: unknown;
  jsonSchema: object;
  io: 'input' | 'output';
}): void {
  const { zodSchema, jsonSchema, io } = context;
  if (zodSchema === pageQuery.limit) {
    for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
    Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 200, default: 50 });
  }
  if (zodSchema === rowLimit) {
    for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
    const description = 'At most 200 (50 if not given); as CSV at most 100,000 (all of them if not given).';
    Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 100_000, description });
  }
  if (io === 'output' && 'additionalProperties' in jsonSchema && jsonSchema.additionalProperties === false) {
    Reflect.deleteProperty(jsonSchema, 'additionalProperties');
  }
}

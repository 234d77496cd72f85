import * as z from 'zod/mini';
import { toLabelName } from './label-name.ts';
import { boundedString, namingFirst } from './primitives.ts';

const labelName = boundedString(1, 200);

/** A label as given: its bare name, or a name with what tells a model (and `local`) what it means. */
export const label = z.union([
  labelName,
  z.strictObject({
    name: labelName,
    description: z.optional(boundedString(1, 2_000)),
    examples: z.optional(namingFirst(z.array(boundedString(1, 2_000)).check(z.maxLength(500)))),
  }),
]);
export type Label = z.infer<typeof label>;

/** Of wrong labels so many are named. */
const NAMED_LABELS = 10;

/** 2 to 200 labels with unique names. */
export const labels = namingFirst(
  z.array(label).check(
    z.minLength(2),
    z.maxLength(200),
    z.check((ctx) => {
      const seen = new Set<string>();
      for (const [index, entry] of ctx.value.entries()) {
        const name = toLabelName(entry);
        if (seen.has(name)) {
          ctx.issues.push({
            code: 'custom',
            input: name,
            path: typeof entry === 'string' ? [index] : [index, 'name'],
            message: 'must be unique',
          });
        }
        seen.add(name);
      }
    }),
  ),
  NAMED_LABELS,
);

import * as z from 'zod/mini';

/** A string that every store can hold: MongoDB refuses NUL in keys, and lone surrogates have no UTF-8. */
export const storableString = () =>
  z
    .string()
    .check(
      z.refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be valid text without NUL'),
    );

/** A storable string of `min` to `max` characters. */
export const boundedString = (min: number, max: number) =>
  storableString().check(z.minLength(min), z.maxLength(max));

/** A whole number from `min` to `max`. */
export const boundedInt = (min: number, max: number) => z.int().check(z.gte(min), z.lte(max));

/** RFC 3339 in UTC with milliseconds, as every time in the API is written. */
export const isoTime = z.iso.datetime({ precision: 3 });

/**
 * The same list, but that of its bad members only the first is named: lists within a list may have so many that to name
 * them all would hold up everybody else.
 */
export function namingOne<T extends z.ZodMiniType>(list: z.ZodMiniArray<T>) {
  const { element } = list._zod.def;
  type Members = z.input<typeof list>;
  const nameFirst = z.transform<Members, Members>((members, { issues }) => {
    if (!Array.isArray(members)) return members;
    const index = members.findIndex((member) => !z.core.validate(element, member));
    if (index === -1) return members;
    const { error } = z.core.safeParse(element, members[index]);
    for (const issue of error?.issues ?? [])
      issues.push({ ...issue, path: [index, ...issue.path] } as z.core.$ZodRawIssue);
    return members;
  });
  return z.pipe(nameFirst, list);
}

/** A decimal number of US dollars. */
export const usd = z.number().check(z.gte(0));

/** A query value `true` or `false`. */
export const queryBoolean = z.pipe(
  z.enum(['true', 'false']),
  z.transform((value) => value === 'true'),
);

/** A query value that is an RFC 3339 time, as a Date. */
export const queryTime = z.pipe(
  z.union([z.iso.datetime({ offset: true }), z.iso.date()]),
  z.transform((value) => new Date(value)),
);

/** A query value with commas, as the set of its parts. */
export const commaList = <T extends z.core.$ZodType<unknown, string>>(item: T) =>
  z.pipe(
    z.pipe(
      z.string().check(z.maxLength(4_000)),
      z.transform((value) => value.split(',')),
    ),
    z.array(item as unknown as z.ZodMiniType<z.output<T>, string>).check(z.maxLength(100)),
  );

/** The two ends of every list: `limit` and `cursor` in the query. */
export const pageQuery = {
  limit: z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,4}$/, 'must be a whole number')),
      z.pipe(z.transform(Number), boundedInt(1, 200)),
    ),
    50,
  ),
  cursor: z.optional(z.string()),
};

/** `{ data, nextCursor }`, as every list answers. */
export const pageOf = <T extends z.ZodMiniType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.nullable(z.string()) });

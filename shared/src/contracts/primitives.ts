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
 * The same list, but that of its bad members only the first ones are named: a list within a list may have so many that to
 * name them all would hold up everybody else.
 */
export function namingFirst<T extends z.ZodMiniType>(list: z.ZodMiniArray<T>, count = 1) {
  const { element } = list._zod.def;
  type Members = z.input<typeof list>;
  const nameFirst = z.transform<Members, Members>((members, { issues }) => {
    if (!Array.isArray(members)) return members;
    let named = 0;
    for (const [index, member] of members.entries()) {
      if (z.core.validate(element, member)) continue;
      const { error } = z.core.safeParse(element, member);
      for (const issue of error?.issues ?? [])
        issues.push({ ...issue, path: [index, ...issue.path] } as z.core.$ZodRawIssue);
      named += 1;
      if (named === count) break;
    }
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

/** An RFC 3339 time with any offset that is one in UTC, too: there it may be beyond the last year. */
export const offsetTime = z.iso
  .datetime({ offset: true })
  .check(z.refine((value) => isYear(new Date(value).getUTCFullYear()), 'must be within the years 0 to 9999'));

const isYear = (year: number) => year >= 0 && year <= 9_999;

/** A query value that is an RFC 3339 time, as a Date. */
export const queryTime = z.pipe(
  z.union([offsetTime, z.iso.date()]),
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

import * as z from 'zod';

/**
 * A part of a path that is an id or a name. Anything longer, or with a control character, names nothing; the document
 * gives the length alone, since few of its readers know Unicode's classes in a pattern.
 */
const segment = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text));

export const idParams = z.object({ id: segment.describe('The id.') });
export const idOrNameParams = z.object({ id: segment.describe('The id or the name.') });
export const nameParams = z.object({ name: segment.describe('The name.') });
export const deliveryParams = idParams.extend({ deliveryId: segment.describe('The id of the delivery.') });
export const nameVersionParams = z.object({
  name: segment.describe('The name.'),
  version: z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .describe('The number of the version.'),
});

/** A JSON Merge Patch (RFC 7396): the fields of the PUT to change, null to set one back to its default. */
export const mergePatchBody = z.record(z.string(), z.unknown());

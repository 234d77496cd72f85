import * as z from 'zod/mini';

/** The body of every error (RFC 9457); `code` is stable, `errors` names each fault of the input. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  instance: z.string(),
  requestId: z.string(),
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string(), code: z.string() }))),
});
export type Problem = z.infer<typeof problem>;

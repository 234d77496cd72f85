import * as z from 'zod/mini';

export const liveness = z.object({ status: z.literal('ok') });

/** Readiness, said per store. */
export const readiness = z.object({
  status: z.enum(['ready', 'not_ready']),
  stores: z.object({ mongodb: z.enum(['up', 'down']), redis: z.enum(['up', 'down']) }),
});
export type Readiness = z.infer<typeof readiness>;

/** As much of an OpenAPI document as every reader of it looks at first. */
export const openApiDocument = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
});

import * as z from 'zod/mini';
import { isoTime, pageOf, pageQuery } from './primitives.ts';

/** An upstream system: whatever its tokens submit belongs to it. It exists from its first token. */
export const client = z.object({ name: z.string(), createdAt: isoTime });
export type Client = z.infer<typeof client>;

export const clientPage = pageOf(client);
export const clientQuery = z.strictObject(pageQuery);

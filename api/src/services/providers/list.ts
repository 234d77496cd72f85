import type { Provider } from '@understudy/shared/contracts/provider';
import { listProviders as findPage } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import { describeProviders } from './to-provider.ts';

/** A page of providers, newest first. */
export async function listProviders(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ data: Provider[]; nextCursor: string | null }> {
  const found = await findPage(ctx.store, { limit: limit + 1, beforeId: fromCursor(cursor, 'prv') });
  const { items, nextCursor } = toPage(found, limit, ({ _id }) => _id);
  return { data: await describeProviders(ctx, items), nextCursor };
}

import type { Provider } from '@understudy/shared/contracts/provider';
import { listProviders as findPage } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { readPage, type PageQuery } from '../../http/cursor.ts';
import { describeProviders } from './to-provider.ts';

/** A page of providers, newest first. */
export async function listProviders(
  ctx: Context,
  query: PageQuery,
): Promise<{ data: Provider[]; nextCursor: string | null }> {
  const { items, nextCursor } = await readPage(query, 'prv', (page) => findPage(ctx.store, page));
  return { data: await describeProviders(ctx, items), nextCursor };
}

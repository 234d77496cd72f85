import type { Context } from '../../context.ts';

/** What finds a provider in records by id or name; one that was renamed since is found by its present name too. */
export function toProviderFilter(ctx: Context, idOrName: string): { ids: readonly string[]; name: string } {
  const known = ctx.catalogue.provider(idOrName);
  return { ids: known ? [idOrName, known._id] : [idOrName], name: known?.name ?? idOrName };
}

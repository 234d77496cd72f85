import { providerInput, type Provider, type ProviderOffers } from '@understudy/shared/contracts/provider';
import { NotFoundError } from '@understudy/shared/errors';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { createProvider } from './create.ts';
import type { TaggedProvider } from './get.ts';

type Offer = ProviderOffers['data'][number];

/** A small, cheap and current model of each vendor that answers in the structure asked for. */
const DEFAULT_MODELS: Record<Offer['type'], string> = {
  openai: 'gpt-4.1-mini',
  anthropic: 'claude-haiku-4-5',
};

/** Providers that this process's environment has a key for, and of whose type there is none yet. */
export async function listOffers(ctx: Context): Promise<Offer[]> {
  await ctx.watcher.refresh();
  const existing = ctx.catalogue.providers();
  return (['openai', 'anthropic'] as const)
    .filter((type) => toKey(ctx, type) && !existing.some((provider) => provider.type === type))
    .map((type) => ({ type, name: toFreeName(ctx, type), model: DEFAULT_MODELS[type] }));
}

/** Adds an offered provider. @throws {NotFoundError} where it is not on offer (any more). */
export async function acceptOffer(
  ctx: Context,
  { type, ...change }: Change & { type: Provider['type'] },
): Promise<TaggedProvider> {
  const offer = (await listOffers(ctx)).find((candidate) => candidate.type === type);
  if (!offer) throw new NotFoundError('not_found', 'There is no such offer.');
  const { name, model } = offer;
  const apiKey = toKey(ctx, offer.type);
  const input = providerInput.parse({ name, type, apiKey, configuration: { model } });
  return createProvider(ctx, { ...change, input });
}

function toKey({ config }: Context, type: Offer['type']): string | undefined {
  return { openai: config.OPENAI_API_KEY, anthropic: config.ANTHROPIC_API_KEY }[type];
}

function toFreeName(ctx: Context, type: string): string {
  let name = type;
  for (let number = 2; ctx.catalogue.provider(name); number += 1) name = `${type}-${number}`;
  return name;
}

import {
  apiKey,
  providerInput,
  type Provider,
  type ProviderOffers,
} from '@understudy/shared/contracts/provider';
import { NotFoundError, ValidationError } from '@understudy/shared/errors';
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

/** Where the environment has the key of each vendor. */
const VARIABLES = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY' } as const;
const TYPES = ['openai', 'anthropic'] as const;
const UNUSABLE =
  'must be a key, 8 to 1000 characters of printable ASCII without spaces: set it anew in the environment of the API';

/** Providers that this process's environment has a key for, and of whose type there is none yet. */
export async function listOffers(ctx: Context): Promise<Offer[]> {
  return (await findOffers(ctx)).filter(({ type }) => isUsable(toKey(ctx, type)));
}

/**
 * Adds an offered provider. @throws {NotFoundError} where it is not on offer (any more); {ValidationError} where the
 * environment's key is none.
 */
export async function acceptOffer(
  ctx: Context,
  { type, ...change }: Change & { type: Provider['type'] },
): Promise<TaggedProvider> {
  const offer = (await findOffers(ctx)).find((candidate) => candidate.type === type);
  if (!offer) throw new NotFoundError('not_found', 'There is no such offer.');
  const key = toKey(ctx, offer.type);
  if (!isUsable(key)) {
    const detail = `${VARIABLES[offer.type]} ${UNUSABLE}`;
    throw new ValidationError([{ pointer: '/apiKey', detail, code: 'unusable' }]);
  }
  const { name, model } = offer;
  const input = providerInput.parse({ name, type, apiKey: key, configuration: { model } });
  return createProvider(ctx, { ...change, input });
}

/** Says at the start which keys of the environment are not offered, since nobody would know why. */
export function warnOfUnusableKeys({ config, logger }: Pick<Context, 'config' | 'logger'>): void {
  for (const type of TYPES) {
    const key = toKey({ config }, type);
    if (key && !isUsable(key)) logger.warn(`${VARIABLES[type]} ${UNUSABLE}`);
  }
}

async function findOffers(ctx: Context): Promise<Offer[]> {
  await ctx.watcher.refresh();
  const existing = ctx.catalogue.providers();
  return TYPES.filter((type) => toKey(ctx, type) && !existing.some((provider) => provider.type === type)).map(
    (type) => ({ type, name: toFreeName(ctx, type), model: DEFAULT_MODELS[type] }),
  );
}

const isUsable = (key: string | undefined) => apiKey.safeParse(key).success;

function toKey({ config }: Pick<Context, 'config'>, type: Offer['type']): string | undefined {
  return config[VARIABLES[type]];
}

function toFreeName(ctx: Context, type: string): string {
  let name = type;
  for (let number = 2; ctx.catalogue.provider(name); number += 1) name = `${type}-${number}`;
  return name;
}

import { findContextWindow } from '../llm/catalogue.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import type { Pass } from './pass.ts';

const CHARACTERS_A_TOKEN = 4;

/**
 * Whether a text that others found too long may fit this provider: its window, in tokens, must be known and larger
 * than theirs. Where theirs is unknown, the text's own length (characters over four) stands in for it.
 */
export function mayFit(
  { ends, request }: Pick<Pass, 'ends'> & { request: Pick<Pass['request'], 'text'> },
  pooled: PooledProvider,
): boolean {
  const tooSmall = [...ends.values()].filter(
    ({ end }) => end.kind === 'faulted' && end.fault.kind === 'context_length',
  );
  if (tooSmall.length === 0) return true;
  const window = toKnownWindow(pooled);
  const textTokens = Math.ceil(request.text.length / CHARACTERS_A_TOKEN);
  return window !== null && tooSmall.every((other) => window > (toKnownWindow(other.pooled) ?? textTokens));
}

/** What is configured, or else what the catalogue has of the model. */
function toKnownWindow({ provider: { type, configuration } }: PooledProvider): number | null {
  if (!('contextWindow' in configuration)) return null;
  return configuration.contextWindow ?? findContextWindow({ type, model: configuration.model });
}

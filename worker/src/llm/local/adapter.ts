import { hash } from 'node:crypto';
import { LOCAL_MODEL } from '@understudy/shared/contracts/provider';
import { toBareFault, type CreateAdapter, type LabelSet } from '../adapter.ts';
import { DEFAULT_THRESHOLD } from '../answer.ts';
import { createThreadClient } from './thread-client.ts';

const NO_TOKENS = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };

/**
 * Matches labels by full-text ranking over their names, descriptions and examples, on this machine alone: no key,
 * no network, no cost. Instructions are not understood and are left aside.
 */
export const createLocalAdapter: CreateAdapter = () => {
  const thread = createThreadClient();
  return {
    model: LOCAL_MODEL,
    async classify({ text, labelSet, explain }, signal) {
      const { labels, multiLabel, threshold } = labelSet;
      const question = { text, explain, multiLabel, threshold: threshold ?? DEFAULT_THRESHOLD };
      const outcome = await thread.classify(toIndexKey(labelSet), labels, question, signal);
      if (outcome.ok) {
        return { ok: true, result: outcome.result, usage: NO_TOKENS, requestId: null, status: null };
      }
      return { ok: false, fault: toBareFault(outcome.kind, outcome.message) };
    },
    async listModels(signal) {
      if (!signal.aborted) return { ok: true, models: [LOCAL_MODEL] };
      return { ok: false, fault: toBareFault('silent', 'the call was ended before an answer') };
    },
    close: () => thread.close(),
  };
};

/** Inline labels are known by their content, so that a client that repeats them finds their index again. */
function toIndexKey({ cacheKey, labels }: LabelSet): string {
  return cacheKey === null ? `inline:${hash('sha256', JSON.stringify(labels))}` : `classifier:${cacheKey}`;
}

import { expect, it } from 'vitest';
import { toBareFault } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { buildPooled } from '../testing/build-provider.ts';
import { mayFit } from './context-window.ts';

const text = 'x'.repeat(40_000); // Some 10,000 tokens.
const of = (type: 'openai' | 'anthropic' | 'openai-compatible', model: string, contextWindow?: number) =>
  buildPooled({ type, configuration: { model, ...(contextWindow && { contextWindow }) } });

/** Whether a text that was too long for one may fit the other. */
function fitsAfter(first: PooledProvider, next: PooledProvider) {
  const fault = toBareFault('context_length', 'It is too long.');
  const ends = new Map([
    [first.provider._id, { pooled: first, end: { kind: 'faulted', fault, untilAt: null } as const }],
  ]);
  return mayFit({ ends, request: { text } }, next);
}

it('takes the window of a well-known model from the catalogue', () => {
  const [small, large] = [of('openai', 'gpt-3.5-turbo'), of('anthropic', 'claude-haiku-4-5')];
  expect(fitsAfter(small, large)).toBe(true);
  expect(fitsAfter(large, small)).toBe(false);
});

it('takes the window that is configured before that of the catalogue', () => {
  const small = of('openai', 'gpt-4.1-mini', 8_000);
  expect(fitsAfter(of('openai', 'gpt-3.5-turbo'), small)).toBe(false);
  expect(fitsAfter(small, of('openai', 'gpt-3.5-turbo'))).toBe(true);
});

it('knows no window of a server of one’s own, whatever its model is called', () => {
  const small = of('openai', 'gpt-3.5-turbo');
  expect(fitsAfter(small, of('openai-compatible', 'gpt-4.1-mini'))).toBe(false);
  expect(fitsAfter(small, of('openai-compatible', 'gpt-4.1-mini', 32_000))).toBe(true);
});

it('knows no window of a model that the catalogue does not have', () => {
  expect(fitsAfter(of('openai', 'gpt-3.5-turbo'), of('openai', 'of-my-own'))).toBe(false);
});

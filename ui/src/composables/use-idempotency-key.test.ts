import { expect, it } from 'vitest';
import { shallowRef } from 'vue';
import { useIdempotencyKey } from './use-idempotency-key.ts';

it('has another key for every other input, and the same for one that was made anew', () => {
  const input = shallowRef({ labels: ['bug'] });
  const key = useIdempotencyKey(() => input.value);
  const first = key.value;
  input.value = { labels: ['bug'] };
  expect(key.value).toBe(first);
  input.value = { labels: ['bug', 'praise'] };
  expect(key.value).not.toBe(first);
});

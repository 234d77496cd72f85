import { computed, type ComputedRef } from 'vue';

/** A key that makes it safe to submit the same again: another one for every other input. */
export function useIdempotencyKey(input: () => unknown): ComputedRef<string> {
  const meaning = computed(() => JSON.stringify(input()));
  return computed(() => (meaning.value, createIdempotencyKey()));
}

/** `crypto.randomUUID` is only there on https and localhost. */
function createIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

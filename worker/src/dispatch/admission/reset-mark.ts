import type { PooledProvider } from '../../providers/provider-pool.ts';

/**
 * Which of its beginnings a provider is in: every process that knows of the same one has the same mark, and each later
 * one has a greater. What calls of an earlier one come to says nothing of it. Milliseconds since 1970, 0 for the first.
 */
export function toResetMark({ provider: { resetAt } }: PooledProvider): number {
  return resetAt?.getTime() ?? 0;
}

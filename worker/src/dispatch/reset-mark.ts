import type { PooledProvider } from '../provider-pool.ts';

/**
 * Whether a provider that was `known` starts anew as it is `now`: it was changed in what its calls are made of, mended
 * (its flag was taken away) or reset by an operator. The mark is the same in every process that notices the same change
 * and rises with each: milliseconds since 1970. @returns null where it goes on as it was.
 */
export function toResetMark(known: PooledProvider, now: PooledProvider): number | null {
  const marks = [
    known.adapter === now.adapter ? 0 : now.provider.updatedAt.getTime(),
    known.provider.flagged && !now.provider.flagged ? known.provider.flagged.at.getTime() + 1 : 0,
    toTime(known.provider.resetAt) === toTime(now.provider.resetAt) ? 0 : toTime(now.provider.resetAt),
  ];
  const mark = Math.max(...marks);
  return mark > 0 ? mark : null;
}

function toTime(at: Date | null): number {
  return at?.getTime() ?? 0;
}

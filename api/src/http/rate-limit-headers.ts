import type { QuotaPolicy } from '@understudy/shared/errors';

interface Standing {
  remaining: number;
  /** Until more is free; absent where nobody can tell. */
  resetSeconds?: number;
}

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): what is allowed and what is left of it. */
export function toRateLimitHeaders(
  { name, quota, windowSeconds, unit }: QuotaPolicy,
  { remaining, resetSeconds }: Standing,
): Record<string, string> {
  const policy = [
    `"${name}";q=${quota}`,
    ...(unit === undefined ? [] : [`qu="${unit}"`]),
    ...(windowSeconds === undefined ? [] : [`w=${windowSeconds}`]),
  ];
  const standing = [
    `"${name}";r=${Math.max(0, remaining)}`,
    ...(resetSeconds === undefined ? [] : [`t=${resetSeconds}`]),
  ];
  return { 'RateLimit-Policy': policy.join(';'), RateLimit: standing.join(';') };
}

/** Whole seconds, so that whoever waits them does not come too early. */
export function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/**
 * Reads only what most members have: a primary that was cut off from them also shows what it will lose. After a majority
 * write, even one that matched nothing, such a read sees all that the primary had then.
 */
export const CONFIRMED = { readConcern: { level: 'majority' } } as const;

const OUT_OF_TIME = 50;

/** Whether the ledger gave an operation up because its `maxTimeMS` was over. */
export function isOutOfTime(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === OUT_OF_TIME;
}

/** What was thrown, in its own words, whatever it is. */
export function toErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

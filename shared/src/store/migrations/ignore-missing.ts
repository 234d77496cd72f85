/** Of a dropped index: a run that was cut short may have dropped it. @throws any other error. */
export function ignoreMissing(error: unknown): void {
  if ((error as { codeName?: string }).codeName !== 'IndexNotFound') throw error;
}

/**
 * Gives what `work` gives, if that comes within `limitMs`. The work itself goes on.
 * @throws what `toError` makes, when the time is over.
 */
export async function inTime<T>(work: Promise<T>, limitMs: number, toError: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(toError()), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

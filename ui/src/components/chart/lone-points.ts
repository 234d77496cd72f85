/** Where values stand that have none beside them: a line begins at none of these, so they would not be seen. */
export function toLonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const all = Array.from(values, (value) => value ?? null);
  return all.flatMap((value, index) => {
    const isBeside = (all[index - 1] ?? null) !== null || (all[index + 1] ?? null) !== null;
    return value === null || isBeside ? [] : [index];
  });
}

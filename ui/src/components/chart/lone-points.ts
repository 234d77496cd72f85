/** Where values stand that have none beside them: a line begins at none of these, so they would not be seen. */
export function toLonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const has = (index: number) => typeof values[index] === 'number';
  return [...Array(values.length).keys()].filter((index) => has(index) && !has(index - 1) && !has(index + 1));
}

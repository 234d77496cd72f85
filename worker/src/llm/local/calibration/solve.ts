import { dot } from '../confidence.ts';

/**
 * Solves linear equations, each row the coefficients and then the right side, by Gaussian elimination with partial
 * pivoting. The rows must be independent.
 */
export function solve(rows: number[][]): number[] {
  if (rows.length === 0) return [];
  const [pivot = [], ...others] = rows.toSorted((left, right) => leadOf(right) - leadOf(left));
  const [lead = 1, ...tail] = pivot;
  const solution = solve(
    others.map(([first = 0, ...rest]) =>
      rest.map((value, index) => value - (first / lead) * (tail[index] ?? 0)),
    ),
  );
  return [((tail.at(-1) ?? 0) - dot(solution, tail)) / lead, ...solution];
}

function leadOf([first = 0]: number[]): number {
  return Math.abs(first);
}

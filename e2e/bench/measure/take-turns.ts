/**
 * Measures sides in turns (A B A B ...), so that what else the machine does meets all of them alike. The order is
 * turned round after each round: whoever goes first in one goes last in the next.
 */
export async function takeTurns<Side extends string, Result>(
  sides: Record<Side, () => Promise<Result>>,
  rounds: number,
): Promise<Record<Side, Result[]>> {
  const order = Object.keys(sides) as Side[];
  const results = Object.fromEntries(order.map((side) => [side, []])) as unknown as Record<Side, Result[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? order : order.toReversed()) results[side].push(await sides[side]());
  }
  return results;
}

/** The listed names that are most like the one that was meant, best first; those that share little are left out. */
export function toNearestModels(model: string, listed: readonly string[], most = 3): string[] {
  const meant = toPairs(model);
  return listed
    .map((name) => ({ name, likeness: toLikeness(meant, toPairs(name)) }))
    .filter(({ likeness }) => likeness >= LEAST)
    .toSorted((a, b) => b.likeness - a.likeness || a.name.localeCompare(b.name, 'en'))
    .slice(0, most)
    .map(({ name }) => name);
}

const LEAST = 0.3;

/** Sørensen–Dice coefficient of two sets of letter pairs, 0 to 1. */
function toLikeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

function toPairs(name: string): Set<string> {
  const word = ` ${name.toLowerCase()} `;
  return new Set(Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2)));
}

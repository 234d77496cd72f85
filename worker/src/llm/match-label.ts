/**
 * The label of the set that an answer means: of that exact name, else the only one that differs in nothing but
 * case, width and white space. Null where there is none, or more than one.
 */
export function matchLabel(answered: string, names: readonly string[]): string | null {
  if (names.includes(answered)) return answered;
  const folded = fold(answered);
  const alike = names.filter((name) => fold(name) === folded);
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

function fold(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

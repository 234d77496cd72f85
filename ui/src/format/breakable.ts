/** The parts of a name between which it may be broken: `card_payment` is `card_` and `payment`. */
export function toBreakable(text: string): string[] {
  return text.split(/(?<=[_\-./:])(?=[^_\-./:\s])/);
}

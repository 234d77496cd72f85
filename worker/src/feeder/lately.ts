/** How much was noted in the last half second. */
export interface Lately {
  note(count: number): void;
  sum(): number;
}

const LATELY_MS = 500;

export function createLately(monotonic: () => number): Lately {
  let noted: { at: number; count: number }[] = [];
  const listLate = () => noted.filter(({ at }) => at > monotonic() - LATELY_MS);
  return {
    note(count) {
      noted = [...listLate(), { at: monotonic(), count }];
    },
    sum: () => listLate().reduce((sum, { count }) => sum + count, 0),
  };
}

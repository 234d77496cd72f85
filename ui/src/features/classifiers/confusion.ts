import type { Evaluation } from '@understudy/shared/contracts/evaluation';

type Cell = Evaluation['providers'][number]['confusion'][number];

/** A column or row that is no label: nobody answered, or the answer has a label too many. */
const NO_LABEL = null;

interface ConfusionRow {
  expected: string | null;
  total: number;
  cells: {
    answered: string | null;
    count: number;
    /** Of the row, 0 to 1. */ share: number;
    isRight: boolean;
  }[];
}

export interface ConfusionTable {
  columns: (string | null)[];
  rows: ConfusionRow[];
}

/** Counts by what was expected (rows) and what was answered (columns), in the order of `labels`. */
export function toConfusionTable(confusion: readonly Cell[], labels: readonly string[]): ConfusionTable {
  const counts = new Map<string, number>();
  for (const { expected, answered, count } of confusion) {
    const key = toKey(expected, answered);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  const expected = toOrdered(
    confusion.map((cell) => cell.expected),
    labels,
  );
  // Every expected label has a column, so that the right answers stand on the diagonal.
  const columns = toOrdered(
    [...confusion.map((cell) => cell.answered), ...expected.filter((name) => name !== NO_LABEL)],
    labels,
  );
  const rows = expected.map((name) => {
    const found = columns.map((answered) => ({ answered, count: counts.get(toKey(name, answered)) ?? 0 }));
    const total = found.reduce((sum, { count }) => sum + count, 0);
    const cells = found.map((cell) => ({
      ...cell,
      share: total === 0 ? 0 : cell.count / total,
      isRight: cell.answered === name,
    }));
    return { expected: name, total, cells };
  });
  return { columns, rows };
}

/** What was mixed up most often, worst first. */
export function toMixUps(confusion: readonly Cell[], most: number): Cell[] {
  return confusion
    .filter(({ expected, answered, count }) => expected !== answered && count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most);
}

/** Each once: labels in their order, others after them by name, no label last. */
function toOrdered(names: readonly (string | null)[], labels: readonly string[]): (string | null)[] {
  const place = new Map(labels.map((name, index) => [name, index]));
  const rank = (name: string | null) => (name === NO_LABEL ? Infinity : (place.get(name) ?? labels.length));
  return [...new Set(names)].toSorted(
    (a, b) => toDifference(rank(a), rank(b)) || (a ?? '').localeCompare(b ?? ''),
  );
}

function toDifference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function toKey(expected: string | null, answered: string | null): string {
  return JSON.stringify([expected, answered]);
}

import { toCount } from '../../format/number.ts';

/** A count as it stands at an axis, which also has marks between whole numbers: those stay without words. */
export function toCountMark(value: number): string {
  return Number.isInteger(value) ? toCount(value) : '';
}

export type TypedNumber = { value: number; fault: null } | { value: null; fault: string };

/** With commas, or with spaces, only where they part thousands: in `99,50` a comma may as well be a decimal one. */
const NUMBER = /^-?(?:(?:\d+|[1-9]\d{0,2}([,\s])\d{3}(?:\1\d{3})*)(?:\.\d+)?|\.\d+)$/;

/** A number as it was typed, or what is wrong with it. A dollar sign may stand before money. */
export function fromTypedNumber(typed: string, { isMoney = false } = {}): TypedNumber {
  const trimmed = typed.trim();
  if (trimmed === '') return { value: null, fault: 'is required' };
  const text = isMoney ? trimmed.replace(/^\$\s*/, '') : trimmed;
  const value = NUMBER.test(text) ? Number(text.replaceAll(/[,\s]/g, '')) : Number.NaN;
  if (Number.isFinite(value)) return { value, fault: null };
  return { value: null, fault: 'must be a number with a point before decimals, as 1,250 or 99.50' };
}

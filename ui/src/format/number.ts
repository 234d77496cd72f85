const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

export function toCount(value: number): string {
  return whole.format(value);
}

/** A share (0..1) as whole per cent, rounded down: 100 only where it is all. */
export function toWholePercent(share: number): number {
  return Math.floor(toExact(share * 100));
}

/** Without what binary fractions bring in: 0.14 * 100 is 14.000000000000002, which would be rounded up to 15. */
function toExact(product: number): number {
  return Number(product.toPrecision(12));
}

/**
 * A share (0..1) as per cent. Near 0 and 1 it keeps digits rather than rounding a fault away: 0.99951 is not 100 %,
 * and 0.0004 is not 0 %.
 */
export function toPercent(share: number): string {
  const percent = toExact(share * 100);
  if (percent === 0 || percent === 100) return `${percent} %`;
  const margin = Math.min(percent, Math.abs(100 - percent));
  const digits = margin >= 10 ? 0 : margin >= 1 ? 1 : margin >= 0.1 ? 2 : 3;
  const scale = 10 ** digits;
  // Rounded towards the middle, so that only a whole hundred or nothing at all is ever written as such.
  const scaled = toExact(percent * scale);
  const rounded = percent > 50 ? Math.floor(scaled) / scale : Math.ceil(scaled) / scale;
  return `${Number(rounded.toFixed(digits))} %`;
}

/** A confidence (0..1) as per cent, rounded as usual. */
export function toConfidence(value: number): string {
  return `${Math.round(value * 100)} %`;
}

/** US dollars: cents for amounts one would pay, two figures for the fractions of a cent that one call costs. */
export function toUsd(value: number): string {
  if (value === 0) return '$0';
  if (value >= 0.995) {
    return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  }
  const digits = Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(value))));
  const cents = /^(0\.\d\d\d*?)0*$/.exec(value.toFixed(digits))?.[1];
  return `$${cents ?? value.toFixed(digits)}`;
}

/** `1 job`, `3 jobs`. */
export function toPlural(count: number, one: string, many = `${one}s`): string {
  return `${toCount(count)} ${count === 1 ? one : many}`;
}

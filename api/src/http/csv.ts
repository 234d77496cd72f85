/** What a spreadsheet would take as a formula gets a quote in front, which it shows as text (OWASP "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;

/** One line of CSV (RFC 4180). Numbers are written as they are, null as nothing; text never becomes a formula. */
export function toCsvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Whether a caller would rather have CSV than JSON, by its Accept (RFC 9110 §12.5.1): it must name `text/csv`, and no kind
 * of JSON with a greater weight.
 */
export function prefersCsv(accept: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const range of accept?.split(',') ?? []) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(type, weight === undefined ? 1 : Number(weight) || 0);
  }
  const csv = weights.get('text/csv') ?? 0;
  return csv > 0 && csv >= (weights.get('application/json') ?? 0);
}

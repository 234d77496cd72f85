import type { Reply } from './route.ts';

/** The media type of what spreadsheets read (RFC 4180). */
export const CSV = 'text/csv';
/** What a streamed reply of it says of itself. */
const CSV_STREAM = `${CSV}; charset=utf-8; header=present`;

/** What a spreadsheet may take for a formula, after OWASP's "CSV Injection": also behind a tab or a line's end. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

interface CsvFile {
  fileName: string;
  chunks: AsyncIterable<string>;
  headers?: Record<string, string>;
}

export type CsvCell = string | number | boolean | null;

/** Whether the caller would rather have it than JSON; JSON where it is all the same. */
export function wantsCsv(accepts: (types: string[]) => string | false): boolean {
  return accepts(['application/json', CSV]) === CSV;
}

/** A file of CSV, streamed. What is at its address depends on `Accept`, so caches must tell by it. */
export function toCsvReply({ fileName, chunks, headers = {} }: CsvFile): Reply {
  const disposition = `attachment; filename="${fileName}"`;
  return {
    status: 200,
    stream: { type: CSV_STREAM, chunks },
    headers: { ...headers, 'Content-Disposition': disposition, Vary: 'Accept' },
  };
}

/** One line of CSV by RFC 4180. A text that a spreadsheet might run gets a leading `'`; null is empty. */
export function toCsvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(cell: CsvCell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

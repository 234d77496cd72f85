/** One record of a CSV file, with the line that it begins on, from 1. */
interface CsvRow {
  line: number;
  cells: string[];
}

interface Csv {
  rows: CsvRow[];
  /** The line of a quote that never ends, null where all do. */
  openQuote: number | null;
}

const DELIMITERS = [',', ';', '\t'];

/** Reads CSV by RFC 4180, parted by whichever of comma, semicolon and tab its first line has most of. Blank lines are left out. */
export function parseCsv(text: string): Csv {
  const delimiter = findDelimiter(text);
  const rows: CsvRow[] = [];
  let row: CsvRow = { line: 1, cells: [] };
  let cell = '';
  let line = 1;
  let quotedSince: number | null = null;
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  function endRow() {
    row.cells.push(cell);
    cell = '';
    if (row.cells.length > 1 || row.cells[0] !== '') rows.push(row);
    row = { line: line + 1, cells: [] };
  }
  for (; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quotedSince !== null) {
      if (char === '\n') line += 1;
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quotedSince = null;
    } else if (char === '"' && cell === '') quotedSince = line;
    else if (char === delimiter) {
      row.cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      endRow();
      line += 1;
    } else if (char !== '\r' || text[at + 1] !== '\n') cell += char;
  }
  if (cell !== '' || row.cells.length > 0) endRow();
  return { rows, openQuote: quotedSince };
}

function findDelimiter(text: string): string {
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const count = (delimiter: string) => first.split(delimiter).length;
  return DELIMITERS.toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

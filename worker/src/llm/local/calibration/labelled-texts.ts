import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface LabelledText {
  text: string;
  label: string;
}

/** Reads a table of `text,category` (RFC 4180, with a header), gzipped if its name says so. */
export function readLabelledTexts(path: string | URL): LabelledText[] {
  const bytes = readFileSync(path);
  const table = parseCsv((String(path).endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  return table.slice(1).map(([text = '', label = '']) => ({ text, label }));
}

/** The texts of each label, in file order; labels in order of their first text. */
export function groupByLabel(texts: LabelledText[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { text, label } of texts) {
    const group = groups.get(label);
    if (group) group.push(text);
    else groups.set(label, [text]);
  }
  return groups;
}

function parseCsv(source: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A field (quoted, with doubled quotes inside, or plain), then what ends it.
  for (const [, quoted, plain, end] of source.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  return rows;
}

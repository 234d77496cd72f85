import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';

const rows = z.array(z.strictObject({ text: z.string().min(1), category: z.string().min(1) }));

/** A text of Banking77 and the intent that people gave it. */
export type LabelledText = z.infer<typeof rows>[number];

/** Reads a file of `text,category` that lies beside this one. @throws when it is not of that form. */
export async function loadCsv(file: 'queries.csv' | 'examples.csv'): Promise<LabelledText[]> {
  const content = await readFile(new URL(file, import.meta.url), 'utf8');
  return rows.parse(parse(content, { columns: true, skip_empty_lines: true }));
}

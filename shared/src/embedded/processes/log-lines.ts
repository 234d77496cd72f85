import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { createPrettyPrinter } from '../../runtime/log-output.ts';

/** Turns a process's line into what is printed of it. */
export type FormatLine = (name: string, line: string) => string;

/** Lines as they came, prefixed by the process's name: for files and log collectors. */
export const prefixLine: FormatLine = (name, line) => `${name} | ${line}\n`;

/** Log lines for a person at a terminal: time, level, message and fields in colour there. */
export async function createPrettyLine(output: NodeJS.WriteStream): Promise<FormatLine> {
  const print = await createPrettyPrinter(output);
  return (name, line) => `${name.padEnd(9)} ${print(line)}\n`;
}

/** Copies whole lines from a process's stream to `out`, so that those of two processes never mix. */
export function copyLines(from: Readable, out: Writable, name: string, format: FormatLine): void {
  createInterface({ input: from }).on('line', (line) => out.write(format(name, line)));
}

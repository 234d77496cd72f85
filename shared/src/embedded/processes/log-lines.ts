import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';

/** Turns a process's line into what is printed of it. */
export type FormatLine = (name: string, line: string) => string;

/** Lines as they came, prefixed by the process's name: for files and log collectors. */
export const prefixLine: FormatLine = (name, line) => `${name} | ${line}\n`;

/** Log lines for a person at a terminal: time, level, message and fields in colour. */
export async function createPrettyLine(): Promise<FormatLine> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,role',
  });
  return (name, line) => `${name.padEnd(9)} ${pretty(line)?.trimEnd() ?? line}\n`;
}

/** Copies whole lines from a process's stream to `out`, so that those of two processes never mix. */
export function copyLines(from: Readable, out: Writable, name: string, format: FormatLine): void {
  createInterface({ input: from }).on('line', (line) => out.write(format(name, line)));
}

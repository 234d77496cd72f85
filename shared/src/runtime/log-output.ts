import type { DestinationStream } from 'pino';
import { openStandardOutput } from './logger.ts';

export type LogFormat = 'json' | 'pretty';
type Output = { isTTY?: boolean };

/** How a person is shown a line; what never changes within a process is left out. */
const PRETTY = { translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname,role' } as const;

/** JSON, for collectors; for a person where the output is a terminal. What is set rules both. */
export function toLogFormat(set: LogFormat | undefined, output: Output): LogFormat {
  return set ?? (output.isTTY ? 'pretty' : 'json');
}

/** Turns a line of JSON into what a person reads, in colour on a terminal; what is no JSON is left as it is. */
export async function createPrettyPrinter({ isTTY = false }: Output): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ ...PRETTY, colorize: isTTY });
  return (line) => pretty(line)?.trimEnd() ?? line;
}

/** Standard output in the form that is set, or that it is read in. The printer is loaded only where it is needed. */
export async function createLogOutput(set: LogFormat | undefined): Promise<DestinationStream> {
  const output = openStandardOutput();
  if (toLogFormat(set, process.stdout) === 'json') return output;
  const print = await createPrettyPrinter(process.stdout);
  const printed = {
    write: (line: string) => void output.write(`${print(line)}\n`),
    flush: (done: () => void) => output.flush(done),
  };
  return printed;
}

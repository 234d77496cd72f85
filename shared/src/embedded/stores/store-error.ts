import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StartError } from '../../errors.ts';

/** An embedded store that did not come up; the message ends with what its log says. */
export class StoreStartError extends StartError {
  constructor(store: string, reason: string, logFile: string) {
    const last = lastLogLines(logFile);
    super(
      `${store} did not start: ${reason}.${last ? ` Its log says:\n${last}` : ''}\nThe whole log is ${logFile}.`,
    );
  }
}

const TAIL_BYTES = 20_000;
const LINES = 4;

interface LogLine {
  text: string;
  isError: boolean;
}

/** The errors near the end of a log, or else its last lines: mongod says much more after what it died of. */
function lastLogLines(file: string): string {
  const lines = readTail(file).trim().split('\n').map(parseLine);
  const errors = lines.filter(({ isError }) => isError);
  const telling = errors.length > 0 ? errors : lines;
  return telling
    .slice(-LINES)
    .map(({ text }) => text)
    .join('\n');
}

/** mongod's lines are JSON with a severity (`E`, `F`); Redis's are plain. */
function parseLine(line: string): LogLine {
  try {
    const { s, msg, attr } = JSON.parse(line) as { s: string; msg: string; attr?: object };
    return { text: attr ? `${msg} ${JSON.stringify(attr)}` : msg, isError: s === 'E' || s === 'F' };
  } catch {
    return { text: line, isError: false };
  }
}

function readTail(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(descriptor, tail, 0, tail.length, size - tail.length);
      return tail.toString('utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return ''; // It did not even get so far as to write one.
  }
}

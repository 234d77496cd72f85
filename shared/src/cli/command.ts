import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Environment } from '../config.ts';

/** One command of `npx understudy`. */
export interface Command {
  summary: string;
  help: string;
  /** Does the work and gives what is to be printed. */
  run: (args: string[], env: Environment) => Promise<string | Report>;
}

/** What is to be printed of work that was done, but found something wrong: the command ends with 1. */
export interface Report {
  output: string;
  failed: boolean;
}

/** The command line is wrong; the message says how it should be. */
export class UsageError extends Error {}

/** @throws {UsageError} for an option that the command does not have */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\nSee --help.`);
  }
}

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { toErrorMessage } from '../runtime/error-message.ts';
import { parseOptions, UsageError, type Command, type Report } from './command.ts';
import { findDifferences } from './find-differences.ts';

/** The API package's own: it alone knows the route table. */
const ENTRY = fileURLToPath(new URL('../../../api/src/openapi/main.ts', import.meta.url));
const COPY = fileURLToPath(new URL('../../../docs/openapi.json', import.meta.url));
const FIX = 'Bring it up to date with: npx understudy openapi --out docs/openapi.json\n';
const MAX_DOCUMENT_BYTES = 64 * 1_048_576;

export const openapi: Command = {
  summary: 'print the OpenAPI document, or check the copy of it in docs/',
  help: `Usage: npx understudy openapi [--check] [--out FILE]

Prints the OpenAPI 3.1 document of the HTTP API; nothing has to run for it.

  --out FILE  write it there instead
  --check     compare it with the copy in docs/openapi.json; ends with 1 where they differ, and says where
`,
  async run(args) {
    const { check, out } = parseOptions(args, { check: { type: 'boolean' }, out: { type: 'string' } });
    const text = await makeDocument();
    if (out !== undefined) await write(out, text);
    if (check) return checkCopy(text, await readFile(COPY, 'utf8').catch(() => null));
    return out === undefined ? text : `Written to ${out}.\n`;
  },
};

async function makeDocument(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [ENTRY], { maxBuffer: MAX_DOCUMENT_BYTES });
  return stdout;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${toErrorMessage(error)}`);
  }
}

/** Whether the copy is the document; if not, where it differs, and what to do. */
export function checkCopy(text: string, copy: string | null): Report {
  if (copy === null) return { output: `There is no docs/openapi.json.\n${FIX}`, failed: true };
  if (copy === text) return { output: 'docs/openapi.json is up to date.\n', failed: false };
  const found = findDifferences(safeParse(copy), JSON.parse(text));
  const where =
    found.length > 0 ? found.map((line) => `  ${line}\n`).join('') : '  only in how it is written\n';
  return { output: `docs/openapi.json is not what the API is:\n${where}${FIX}`, failed: true };
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

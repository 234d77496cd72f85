import { readFileSync } from 'node:fs';

/** One shell block of a document, and the reply that stands behind it. */
export interface DocumentStep {
  /** Where the block begins. */
  line: number;
  command: string;
  expected: { kind: 'json' | 'text'; text: string } | null;
}

const FENCE = /^```(sh|json|text)\n([\s\S]*?)^```$/gm;

/** The shell blocks of a document in order, each with the `json` or `text` block that follows it. */
export function readSteps(file: URL): DocumentStep[] {
  const source = readFileSync(file, 'utf8');
  const steps: DocumentStep[] = [];
  for (const { 1: kind, 2: text = '', index } of source.matchAll(FENCE)) {
    const last = steps.at(-1);
    if (kind === 'sh')
      steps.push({ line: source.slice(0, index).split('\n').length, command: text, expected: null });
    else if (last && last.expected === null)
      last.expected = { kind: kind === 'json' ? 'json' : 'text', text };
  }
  return steps;
}

/** The first block of a language in a document that holds these words. @throws where it has none. */
export function readBlock(file: URL, language: string, words = ''): string {
  const blocks = readFileSync(file, 'utf8').matchAll(
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'),
  );
  const block = blocks.map(([, text = '']) => text).find((text) => text.includes(words));
  if (block === undefined) throw new Error(`${file.pathname} has no such block of ${language}`);
  return block;
}

/**
 * One script that runs every step in the same shell, as a reader does, and leaves the output of step n in `<folder>/n`.
 */
export function toScript(steps: readonly DocumentStep[], folder: string): string {
  return steps.map(({ command }, index) => `{\n${command}} >'${folder}/${index}' 2>&1\n`).join('');
}

/** What of a reply differs from what the document promises; empty where it keeps it. `…` stands for anything. */
export function findDifferences(expected: NonNullable<DocumentStep['expected']>, output: string): string[] {
  if (expected.kind === 'json') return compare(JSON.parse(expected.text), JSON.parse(output), '');
  const lines = output.split(/\r?\n/);
  const missing: string[] = [];
  for (const wanted of expected.text.trimEnd().split('\n')) {
    const at = lines.findIndex((line) => toPattern(wanted).test(line));
    if (at === -1) missing.push(`no line like: ${wanted}`);
    else lines.splice(0, at + 1);
  }
  return missing;
}

interface Operation {
  method: string;
  /** With `{name}` for a part that varies. */
  path: string;
}

/** Operations that no step calls. A path in words is meant before one with a part that varies. */
export function findUncalled(operations: readonly Operation[], steps: readonly DocumentStep[]): string[] {
  const fitting = operations
    .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)
    .map((operation) => ({
      ...operation,
      name: `${operation.method} ${operation.path}`,
      pattern: toPath(operation),
    }));
  const called = new Set(
    steps
      .flatMap(({ command }) => readCalls(command))
      .map(
        (call) =>
          fitting.find(({ method, pattern }) => method === call.method && pattern.test(call.path))?.name,
      ),
  );
  return fitting.map(({ name }) => name).filter((name) => !called.has(name));
}

function toPath({ path }: Operation): RegExp {
  return new RegExp(
    `^${path
      .split(/\{\w+\}/)
      .map(RegExp.escape)
      .join('[^/]+')}$`,
  );
}

/** The requests of one block; `curl` and its options as the documents use them. */
function readCalls(command: string): Operation[] {
  return command
    .split(/\bcurl\b/)
    .slice(1)
    .map((call) => ({
      method: /-X (\w+)/.exec(call)?.[1] ?? (/ (-d|--data-binary) /.test(call) ? 'POST' : 'GET'),
      path: /\$API(\/[^\s"'?]*)/.exec(call)?.[1] ?? '',
    }));
}

function compare(expected: unknown, actual: unknown, path: string): string[] {
  if (typeof expected === 'string' && expected.includes('…')) {
    const text = typeof actual === 'string' ? actual : JSON.stringify(actual ?? null);
    return actual !== undefined && toPattern(expected).test(text) ? [] : [`${path} is ${text}`];
  }
  if (typeof expected !== 'object' || expected === null) {
    return expected === actual
      ? []
      : [`${path} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
  }
  if (typeof actual !== 'object' || actual === null || Array.isArray(expected) !== Array.isArray(actual)) {
    return [`${path} is ${JSON.stringify(actual)}`];
  }
  return Object.entries(expected).flatMap(([key, value]) =>
    compare(value, (actual as Record<string, unknown>)[key], `${path}/${key}`),
  );
}

function toPattern(text: string): RegExp {
  return new RegExp(`^${text.split('…').map(RegExp.escape).join('.*')}$`, 's');
}

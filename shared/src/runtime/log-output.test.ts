import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createPrettyPrinter, toLogFormat } from './log-output.ts';

const LINE = JSON.stringify({
  level: 30,
  time: '2026-01-02T03:04:05.678Z',
  role: 'api',
  pid: 7,
  port: 3000,
  msg: 'hi',
});

it('is pretty on a terminal and JSON elsewhere, unless it is set', () => {
  expect(toLogFormat(undefined, { isTTY: true })).toBe('pretty');
  expect(toLogFormat(undefined, {})).toBe('json');
  expect(toLogFormat('json', { isTTY: true })).toBe('json');
  expect(toLogFormat('pretty', {})).toBe('pretty');
});

it('shows a person the level, the words and the fields, in colour on a terminal only', async () => {
  const plain = (await createPrettyPrinter({}))(LINE);
  expect(plain).toMatch(/^\[\d\d:\d\d:\d\d\.678\] INFO: hi\n +port: 3000$/);
  const coloured = (await createPrettyPrinter({ isTTY: true }))(LINE);
  expect(coloured).toContain('\u001B[32mINFO\u001B[39m');
  expect((await createPrettyPrinter({}))('no JSON at all')).toBe('no JSON at all');
});

/** A process that logs one line, at a terminal of its own where that is asked for. */
function logOneLine({ atTerminal, format = '' }: { atTerminal: boolean; format?: string }): string {
  const module = fileURLToPath(new URL('start-telemetry.ts', import.meta.url));
  const script =
    `const { startTelemetry } = await import(${JSON.stringify(module)});` +
    `const config = { LOG_LEVEL: 'info', LOG_FORMAT: ${JSON.stringify(format)} || undefined };` +
    `(await startTelemetry('api', config)).logger.info({ port: 3000 }, 'hi');`;
  const args = ['--input-type=module', '-e', script];
  const { stdout } = atTerminal
    ? spawnSync('script', ['-qec', [process.execPath, ...args].map(quote).join(' '), '/dev/null'], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], SHELL: '/bin/sh' },
      })
    : spawnSync(process.execPath, args, { encoding: 'utf8' });
  return stdout;
}
const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

it('writes JSON into a pipe, one object a line', () => {
  const written = logOneLine({ atTerminal: false });
  expect(JSON.parse(written)).toMatchObject({ role: 'api', port: 3000, msg: 'hi' });
  expect(written.trimEnd()).not.toContain('\n');
  expect(logOneLine({ atTerminal: false, format: 'pretty' })).toMatch(/INFO: hi/);
});

/** Of util-linux; other systems have another of this name, or none. */
const hasTerminals = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');

it.runIf(hasTerminals)('writes for a person at a real terminal', () => {
  const written = logOneLine({ atTerminal: true });
  expect(written).toContain('\u001B[32mINFO\u001B[39m');
  expect(written).toContain('hi');
  expect(written).not.toContain('{');
  expect(JSON.parse(logOneLine({ atTerminal: true, format: 'json' }))).toMatchObject({ msg: 'hi' });
});

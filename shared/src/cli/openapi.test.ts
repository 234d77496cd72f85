import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { checkCopy, openapi } from './openapi.ts';

describe('npx understudy openapi', () => {
  it('finds the committed copy up to date', async () => {
    expect(await openapi.run(['--check'], {})).toEqual({
      output: 'docs/openapi.json is up to date.\n',
      failed: false,
    });
  });

  it('prints the document, the same each time', async () => {
    const copy = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
    expect(await openapi.run([], {})).toBe(copy);
  });

  it('refuses an option that it does not have', async () => {
    await expect(openapi.run(['--nonsense'], {})).rejects.toThrow('--help');
  });

  it('says where it cannot be written to', async () => {
    const written = openapi.run(['--out', '/nowhere/openapi.json'], {});
    await expect(written).rejects.toThrow(UsageError);
    await expect(written).rejects.toThrow('/nowhere/openapi.json cannot be written: ENOENT');
  });

  it('ends quietly where nobody reads on', async () => {
    const bin = fileURLToPath(new URL('../../bin/understudy.mjs', import.meta.url));
    const child = spawn(process.execPath, [bin, 'openapi'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.once('data', () => child.stdout.destroy());
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ said, status }).toEqual({ said: '', status: 0 });
  });
});

describe('a copy', () => {
  const current = JSON.stringify({ paths: { '/api/a': { get: 1 }, '/b': {} }, list: [1, 2] });
  it.each([
    ['lacks something', '{"paths":{"/b":{}},"list":[1,2]}', '/paths/~1api~1a is missing'],
    [
      'has too much',
      '{"paths":{"/api/a":{"get":1},"/b":{},"/c":{}},"list":[1,2]}',
      '/paths/~1c is no longer there',
    ],
    [
      'says another thing',
      '{"paths":{"/api/a":{"get":2},"/b":{}},"list":[1,2]}',
      '/paths/~1api~1a/get is another',
    ],
    [
      'has another order of a list',
      '{"paths":{"/api/a":{"get":1},"/b":{}},"list":[2,1]}',
      '/list/0 is another',
    ],
    ['is no JSON', '{', 'the document is another'],
    ['is written otherwise', `${current}\n`, 'only in how it is written'],
    ['is not there', null, 'There is no docs/openapi.json'],
  ])('that %s is told, with what to do', (_, copy, expected) => {
    const { output, failed } = checkCopy(current, copy);
    expect(failed).toBe(true);
    expect(output).toContain(expected);
    expect(output).toContain('npx understudy openapi --out docs/openapi.json\n');
  });

  it('that differs everywhere is told of in ten lines', () => {
    const many = (value: number) => JSON.stringify(Array.from({ length: 40 }, () => value));
    expect(checkCopy(many(1), many(2)).output).toContain('and 30 more');
  });
});

import { expect, it } from 'vitest';
import { keepOutput } from '../testing/keep-output.ts';
import { createLogger } from './logger.ts';

/** What is written of an error, or of fields. */
function log(fields: object): string {
  const { output: destination, read } = keepOutput();
  createLogger({ role: 'test', level: 'trace', destination }).error(fields, 'it failed');
  return read();
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    throw new Error('It did not throw.');
  } catch (error) {
    return error;
  }
}

it.each([
  ['a text that is no JSON', thrownBy(() => JSON.parse('canary'))],
  [
    'a long text that is no JSON',
    thrownBy(() => JSON.parse(`{"text": canary, "more": "${'x'.repeat(100)}"}`)),
  ],
  ['a text of lines that is no JSON', thrownBy(() => JSON.parse('canary\ncanary'))],
  [
    'a key that is taken',
    new Error('E11000 duplicate key error collection: u.keys index: _id_ dup key: { _id: "canary" }'),
  ],
  [
    'a value of another type',
    new Error('Cast to string failed for value "{ a: \'canary\' }" (type Object) at path "text"'),
  ],
  ['what a driver hangs on its errors', Object.assign(new Error('failed'), { request: { body: 'canary' } })],
  ['what its cause quotes', new Error('failed', { cause: thrownBy(() => JSON.parse('canary')) })],
])('does not quote %s', (_, err) => {
  const written = log({ err });
  expect(written).toContain('it failed');
  expect(written).not.toContain('canary');
});

it('says what failed, and where', () => {
  const written = log({ err: thrownBy(() => JSON.parse('canary')) });
  expect(written).toContain('SyntaxError');
  expect(written).toContain('is not valid JSON');
  expect(written).toContain('logger.test.ts');
  expect(
    log({ err: new Error('failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:6379') }) }),
  ).toContain('ECONNREFUSED 127.0.0.1');
});

it.each(['apiKey', 'authorization', 'cookie', 'token', 'text', 'secret', 'password', 'masterKeys'])(
  'writes no %s',
  (field) => {
    const fields = { [field]: 'canary', a: { [field]: 'canary', b: { [field]: 'canary' } } };
    expect(log(fields)).not.toContain('canary');
  },
);

import { describe, expect, it } from 'vitest';
import { readErrorBody } from './error-body.ts';

describe('readErrorBody', () => {
  it.each([
    [
      'OpenAI',
      { error: { message: 'm', type: 't', param: null, code: 'c' } },
      { message: 'm', type: 't', code: 'c' },
    ],
    ['Anthropic', { type: 'error', error: { type: 't', message: 'm' } }, { message: 'm', type: 't' }],
    ['LM Studio', { error: 'm' }, { message: 'm' }],
    ['Mistral', { message: 'm', type: 't', code: 1300 }, { message: 'm', type: 't', code: '1300' }],
    ['FastAPI', { detail: 'm' }, { message: 'm' }],
    [
      'FastAPI on input',
      { detail: [{ loc: ['body', 'x', 0], msg: 'm' }] },
      { message: 'body.x.0: m', param: 'x' },
    ],
    ['something odd', { error: { message: { deep: 1 }, code: 400 } }, { message: '', code: '400' }],
    ['an empty list', { detail: [] }, { message: '' }],
  ])("reads %s's form", (_, body, expected) => {
    expect(readErrorBody(JSON.stringify(body))).toMatchObject(expected);
  });

  it.each([null, '', '<html>no</html>', '[]', 'null', '"m"', '7'])('finds nothing in %j', (body) => {
    expect(readErrorBody(body)).toEqual({ message: '', type: '', code: '', param: '' });
  });

  it.each([
    (words: string) => ({ error: { message: words } }),
    (words: string) => ({ error: words }),
    (words: string) => ({ detail: words }),
  ])('bounds a message', (toBody) => {
    expect(readErrorBody(JSON.stringify(toBody('x'.repeat(50_000)))).message).toHaveLength(2_000);
  });
});

import { describe, expect, it } from 'vitest';
import { compatibleDialect, type Dialect, openAiDialect, toRefusal } from './dialect.ts';

const refusal = (message: string, param = '', code = '') => ({ message, param, code, type: '' });
/** The dialect after a refusal. */
const after = (dialect: Dialect, status: number, words: ReturnType<typeof refusal>) =>
  toRefusal(dialect, status, words)?.leaveOut(dialect);

describe('openAiDialect', () => {
  it.each(['o1', 'o3-mini', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5-nano', 'gpt-6-luna', 'gpt-10'])(
    'spares %s the temperature, and asks it not to think long',
    (model) => {
      expect(openAiDialect(model)).toMatchObject({ temperature: false, effort: 'low' });
    },
  );

  it.each([
    'gpt-4o-mini',
    'gpt-4.1',
    'gpt-3.5-turbo',
    'chatgpt-4o-latest',
    'gpt-5-chat-latest',
    'ft:gpt-4o:x',
  ])('holds %s to the likeliest answer', (model) => {
    expect(openAiDialect(model)).toMatchObject({ temperature: true, effort: null });
  });
});

describe('toRefusal', () => {
  const full: Dialect = { ...compatibleDialect, effort: 'low' };

  it.each([
    [
      'OpenAI',
      400,
      "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
      'response_format',
    ],
    ['DeepSeek', 400, 'This response_format type is unavailable now', ''],
    [
      'Groq',
      400,
      'This model does not support response format `json_schema`. See the documentation for response_format.',
      '',
    ],
    ['LM Studio', 400, "'response_format.type' must be 'json_object'", ''],
    ['FastAPI', 422, 'body.response_format: Extra inputs are not permitted', 'response_format'],
  ])('gives up a schema that %s refuses', (_, status, message, param) => {
    const words = refusal(message, param);
    expect(after(full, status, words)).toEqual({ ...full, format: 'json_object' });
    expect(toRefusal(full, status, words)?.lasting).toBe(true);
  });

  it('gives up a schema that is too much for whoever is behind a gateway, for that call only', () => {
    const words = refusal('The compiled grammar is too large, which would cause performance issues.');
    expect(after(full, 400, words)).toEqual({ ...full, format: 'json_object' });
    expect(toRefusal(full, 400, words)?.lasting).toBe(false);
  });

  it('gives up structured output altogether, step by step', () => {
    const words = refusal('response_format is not supported');
    expect(after({ ...full, format: 'json_object' }, 400, words)).toEqual({ ...full, format: 'none' });
    expect(toRefusal({ ...full, format: 'none' }, 400, words)).toBeNull();
  });

  it('does not give up schemas for good because of one that is invalid', () => {
    const words = refusal(
      "Invalid schema for response_format 'classification': enum too large.",
      'response_format',
    );
    expect(toRefusal(full, 400, words)?.lasting).toBe(false);
  });

  it('drops a temperature that is fixed', () => {
    const words = refusal(
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
      'temperature',
      'unsupported_value',
    );
    expect(after(full, 400, words)).toEqual({ ...full, temperature: false });
  });

  it('drops an effort that is not known', () => {
    const words = refusal('Unrecognized request argument supplied: reasoning_effort');
    expect(after(full, 400, words)).toEqual({ ...full, effort: null });
  });

  it('changes the name of the bound, and then leaves it out', () => {
    const older = refusal(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
    const second = after(full, 400, older);
    expect(second?.limits).toEqual(['max_completion_tokens']);
    const newer = refusal(
      'body.max_completion_tokens: Extra inputs are not permitted',
      'max_completion_tokens',
    );
    expect(after(second ?? full, 422, newer)?.limits).toEqual([]);
  });

  it.each([
    ['a bound that is too large', 400, 'Invalid value: max_tokens is too large: 100000.', 'max_tokens'],
    ['a text that is too long', 400, "This model's maximum context length is 4096 tokens.", ''],
    ['an unknown model', 404, 'The model `x` does not exist.', ''],
    ['a refused key', 401, 'Invalid response_format', ''],
    ['a server that is down', 500, 'response_format is not supported', ''],
  ])('changes nothing for %s', (_, status, message, param) => {
    expect(toRefusal(full, status, refusal(message, param))).toBeNull();
  });
});

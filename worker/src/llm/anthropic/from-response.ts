import * as z from 'zod';
import type { Reply, ReplyEnding } from '../vendor.ts';

const count = z.number().int().nonnegative();
const countIfAny = count.nullish().catch(0);

/** `input_tokens` leaves out what was read from, or written to, the cache. */
const usage = z
  .object({
    input_tokens: count,
    output_tokens: count.catch(0),
    cache_creation_input_tokens: countIfAny,
    cache_read_input_tokens: countIfAny,
  })
  .transform((counted) => ({
    inputTokens:
      counted.input_tokens +
      (counted.cache_creation_input_tokens ?? 0) +
      (counted.cache_read_input_tokens ?? 0),
    outputTokens: counted.output_tokens,
    cachedInputTokens: counted.cache_read_input_tokens ?? 0,
  }));

const message = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional().catch(undefined) })),
  stop_reason: z.string().nullish().catch(null),
  stop_details: z
    .looseObject({ explanation: z.string().nullish(), category: z.string().nullish() })
    .nullish()
    .catch(null),
});

const ENDINGS = new Map<string, ReplyEnding>([
  ['end_turn', 'complete'],
  ['stop_sequence', 'complete'],
  ['max_tokens', 'cut'],
  ['refusal', 'refused'],
  ['model_context_window_exceeded', 'context_exceeded'],
]);

/** Reads the body of a message, which may be anything that a server called a success. */
export function fromResponse(body: unknown): Reply {
  const counted = z.looseObject({ usage }).safeParse(body);
  const reply = {
    content: null,
    usage: counted.success ? counted.data.usage : null,
    detail: null,
    status: null,
  };
  const form = message.safeParse(body);
  if (!form.success) return { ...reply, ending: 'malformed', detail: 'not a message' };
  const said = form.data.content.map(({ type, text }) => (type === 'text' ? (text ?? '') : '')).join('');
  const content = said === '' ? null : said;
  const ending = ENDINGS.get(form.data.stop_reason ?? 'end_turn') ?? 'complete';
  if (ending === 'refused') {
    const { explanation, category } = form.data.stop_details ?? {};
    return { ...reply, content, ending, detail: explanation ?? category ?? null };
  }
  if (ending === 'complete' && content === null) {
    return { ...reply, ending: 'malformed', detail: 'without any words' };
  }
  return { ...reply, content, ending };
}

/** The ids of a list of models; null where the body is no such list. */
export function fromModels(body: unknown): string[] | null {
  const form = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) }).safeParse(body);
  return form.success ? form.data.data.map(({ id }) => id) : null;
}

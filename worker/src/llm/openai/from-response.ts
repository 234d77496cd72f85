import * as z from 'zod';
import { readFields } from '../error-body.ts';
import type { Reply, ReplyEnding } from '../vendor.ts';

const count = z.number().int().nonnegative();

const usage = z
  .object({
    prompt_tokens: count,
    completion_tokens: count.catch(0),
    total_tokens: count.catch(0),
    prompt_tokens_details: z
      .object({ cached_tokens: count.catch(0) })
      .nullish()
      .catch(null),
  })
  .transform((tokens) => ({
    inputTokens: tokens.prompt_tokens,
    // Some count what a model thought in the total only, and bill it (xAI; gateways in front of Gemini).
    outputTokens: Math.max(tokens.completion_tokens, tokens.total_tokens - tokens.prompt_tokens),
    cachedInputTokens: Math.min(tokens.prompt_tokens_details?.cached_tokens ?? 0, tokens.prompt_tokens),
  }));

const counted = z.object({ usage });

/** Some servers give the words in parts. */
const words = z.union([
  z.string(),
  z
    .array(z.looseObject({ text: z.string().catch('') }))
    .transform((parts) => parts.map((part) => part.text).join('')),
]);

const completion = z.object({
  choices: z.tuple(
    [
      z.object({
        // Gemini leaves it out of a choice that its filter has emptied.
        message: z
          .object({
            content: words.nullish().catch(null),
            refusal: z.string().nullish().catch(null),
          })
          .nullish(),
        finish_reason: z.string().nullish().catch(null),
        error: z.looseObject({}).nullish().catch(null),
      }),
    ],
    z.unknown(),
  ),
});

/** By reasons in small letters: gateways pass on those of the vendor behind them, Gemini's in capitals. */
const ENDINGS = new Map<string, ReplyEnding>([
  ['stop', 'complete'],
  ['length', 'cut'],
  ['max_tokens', 'cut'],
  ['error', 'failed'],
  ['refusal', 'refused'],
]);
/** Gemini says which filter it was (`content_filter: RECITATION`); `sensitive` is Zhipu's. */
const FILTERED = /^(content_filter\b|(safety|recitation|prohibited_content|blocklist|spii|sensitive)$)/;

/** Reads the body of a chat completion, which may be anything that a server called a success. */
export function fromResponse(body: unknown): Reply {
  const form = completion.safeParse(body);
  if (!form.success) return fromOther(body);
  const [{ message, finish_reason: reason, error }] = form.data.choices;
  if (!message && !reason) return fromOther(body);
  const content = message?.content ? message.content : null;
  const reply = { content, usage: readUsage(body), status: null };
  if (message?.refusal) return { ...reply, ending: 'refused', detail: message.refusal };
  const ending = toEnding(reason ?? 'stop');
  if (ending === 'complete' && content === null)
    return { ...reply, ending: 'malformed', detail: 'without any words' };
  if (ending === 'failed' && error) return { ...reply, ...fromFailure(error) };
  return { ...reply, ending, detail: null };
}

function toEnding(reason: string): ReplyEnding {
  const known = reason.toLowerCase();
  return FILTERED.test(known) ? 'filtered' : (ENDINGS.get(known) ?? 'complete');
}

/** The ids of a list of models (some servers give a bare list); null where the body is no such list. */
export function fromModels(body: unknown): string[] | null {
  const list = z.array(z.looseObject({ id: z.string() }));
  const form = z.union([list, z.looseObject({ data: list }).transform(({ data }) => data)]).safeParse(body);
  return form.success ? form.data.map(({ id }) => id) : null;
}

/** Gateways report an error of the model behind them in a 200. */
function fromOther(body: unknown): Reply {
  const reply = { content: null, usage: readUsage(body), status: null };
  const failure = z.looseObject({ error: z.looseObject({}) }).safeParse(body);
  if (!failure.success)
    return { ...reply, ending: 'malformed', detail: 'not a chat completion with a choice' };
  return { ...reply, ...fromFailure(failure.data.error) };
}

function fromFailure(error: object): Pick<Reply, 'ending' | 'detail' | 'status'> {
  const { code, message } = readFields(error);
  return { ending: 'failed', detail: message, status: /^[45]\d\d$/.test(code) ? Number(code) : null };
}

function readUsage(body: unknown): Reply['usage'] {
  const form = counted.safeParse(body);
  return form.success ? form.data.usage : null;
}

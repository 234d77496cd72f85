import * as z from 'zod';

/** An error as the server put it, in whatever form; absent parts are empty. */
export interface ErrorBody {
  message: string;
  type: string;
  code: string;
  param: string;
}

const NOTHING: ErrorBody = { message: '', type: '', code: '', param: '' };

/** More of a message is never shown, and comparing it with a text would take its time. */
const MAX_MESSAGE = 2_000;

const text = z
  .union([z.string().transform((value) => value.slice(0, MAX_MESSAGE)), z.number().transform(String)])
  .catch('');
const fields = z.object({ message: text, type: text, code: text, param: text });
const inputFault = z.object({ msg: text, loc: z.array(z.union([z.string(), z.number()])).catch([]) });
const envelope = z.looseObject({
  error: z
    .union([z.string(), z.looseObject({})])
    .optional()
    .catch(undefined),
  detail: z
    .union([z.string(), z.array(inputFault)])
    .optional()
    .catch(undefined),
});

/**
 * Reads an error body: `{ error: { message, type, code, param } }` (OpenAI, Anthropic and most), `{ error: "…" }`
 * (LM Studio, Ollama), `{ message, … }` (Mistral), `{ detail: … }` (FastAPI), or one of these in a list (Gemini). A page has
 * no message.
 */
export function readErrorBody(body: string | null): ErrorBody {
  const parsed = parseJson(body ?? '');
  const form = envelope.safeParse(Array.isArray(parsed) ? parsed[0] : parsed);
  if (!form.success) return NOTHING;
  const { error, detail } = form.data;
  if (typeof error === 'string') return readFields({ message: error });
  if (error) return readFields(error);
  if (typeof detail === 'string') return readFields({ message: detail });
  const [first] = detail ?? [];
  if (!first) return readFields(form.data);
  const param = first.loc.find((part) => part !== 'body') ?? '';
  return { ...NOTHING, message: `${first.loc.join('.')}: ${first.msg}`, param: String(param) };
}

/** Reads the fields of an error object that was already taken out of its envelope. */
export function readFields(error: object): ErrorBody {
  return fields.parse({ ...NOTHING, ...error });
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

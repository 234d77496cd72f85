import type { FakeEnding, FakeProtocol } from '../behaviour.ts';
import { countTokens, hasProperty, readEnum, readFencedText, readListedLabels } from '../read-prompt.ts';

interface AnthropicMessage {
  role: string;
  content: string;
}

const STOP_REASON: Record<FakeEnding, string> = {
  complete: 'end_turn',
  cut: 'max_tokens',
  refused: 'refusal',
  filtered: 'refusal',
  empty: 'end_turn',
};

const ERROR_TYPE: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const PARAMETERS = new Set(['model', 'max_tokens', 'messages', 'system', 'output_config', 'stream']);

/** Anthropic's messages: https://docs.anthropic.com/en/api/messages */
export const anthropicProtocol: FakeProtocol = {
  basePath: '',
  classifyPath: '/v1/messages',
  requestIdHeader: 'request-id',

  readKey: (headers) => headers['x-api-key'] ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1],

  readQuestion(body) {
    const schema = (body.output_config as { format?: { schema?: unknown } } | undefined)?.format?.schema;
    const allowed = readEnum(schema);
    return {
      model: String(body.model),
      text: readFencedText(readMessages(body).find(({ role }) => role === 'user')?.content ?? ''),
      labels: allowed.length > 0 ? allowed : readListedLabels(readSystem(body)),
      wantsList: hasProperty(schema, 'labels'),
      wantsRationale: hasProperty(schema, 'rationale'),
    };
  },

  findFault(body, headers) {
    if (!headers['anthropic-version']) return badRequest('anthropic-version: header is required');
    for (const name of ['model', 'max_tokens', 'messages']) {
      if (!(name in body)) return badRequest(`${name}: Field required`);
    }
    const extra = Object.keys(body).find((name) => !PARAMETERS.has(name));
    return extra === undefined ? null : badRequest(`${extra}: Extra inputs are not permitted`);
  },

  toReply(words, body, requestId) {
    const wordless = words.ending === 'refused' || words.ending === 'filtered' || words.ending === 'empty';
    const explanation = words.ending === 'refused' ? words.content : null;
    const prompt = [readSystem(body), ...readMessages(body).map(({ content }) => content)].join('\n');
    return {
      id: `msg_${requestId}`,
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: wordless ? [] : [{ type: 'text', text: words.content, citations: null }],
      stop_reason: STOP_REASON[words.ending],
      stop_sequence: null,
      stop_details:
        STOP_REASON[words.ending] === 'refusal'
          ? { type: 'refusal', category: 'general_harms', explanation }
          : null,
      usage: {
        input_tokens: countTokens(prompt),
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: countTokens(words.content),
        service_tier: 'standard',
      },
    };
  },

  toError: (status, message, requestId) => ({
    type: 'error',
    error: { type: ERROR_TYPE[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'), message },
    request_id: requestId,
  }),

  toModels: (models) => ({
    data: models.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2026-01-01T00:00:00Z',
    })),
    has_more: false,
    first_id: models[0] ?? null,
    last_id: models.at(-1) ?? null,
  }),
};

function readMessages(body: Record<string, unknown>): AnthropicMessage[] {
  return Array.isArray(body.messages) ? (body.messages as AnthropicMessage[]) : [];
}

function readSystem(body: Record<string, unknown>): string {
  return typeof body.system === 'string' ? body.system : '';
}

function badRequest(message: string) {
  return { status: 400, message };
}

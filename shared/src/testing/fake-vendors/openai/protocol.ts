import type { FakeEnding, FakeProtocol } from '../behaviour.ts';
import { countTokens, hasProperty, readEnum, readFencedText, readListedLabels } from '../read-prompt.ts';

interface ChatMessage {
  role: string;
  content: string;
}

const FINISH_REASON: Record<FakeEnding, string> = {
  complete: 'stop',
  cut: 'length',
  refused: 'stop',
  filtered: 'content_filter',
  empty: 'stop',
};

const ERROR_TYPE: Record<number, [type: string, code: string | null]> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['invalid_request_error', 'unsupported_country_region_territory'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
  500: ['server_error', null],
  503: ['service_unavailable_error', 'service_unavailable'],
};

/** OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat */
export const openAiProtocol: FakeProtocol = {
  basePath: '/v1',
  classifyPath: '/v1/chat/completions',
  requestIdHeader: 'x-request-id',

  readKey: (headers) => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1],

  readQuestion(body) {
    const messages = readMessages(body);
    const schema = readSchema(body);
    const system = messages.find(({ role }) => role === 'system' || role === 'developer')?.content ?? '';
    const allowed = readEnum(schema);
    return {
      model: String(body.model),
      text: readFencedText(messages.find(({ role }) => role === 'user')?.content ?? ''),
      labels: allowed.length > 0 ? allowed : readListedLabels(system),
      wantsList: hasProperty(schema, 'labels'),
      wantsRationale: hasProperty(schema, 'rationale'),
    };
  },

  findFault(body) {
    if (typeof body.model !== 'string') {
      return { status: 400, message: 'you must provide a model parameter', param: 'model' };
    }
    if (readMessages(body).length === 0) {
      return { status: 400, message: "Missing required parameter: 'messages'.", param: 'messages' };
    }
    if (/^(o\d|gpt-5)/.test(body.model)) {
      if ('max_tokens' in body) return unsupported('max_tokens', "Use 'max_completion_tokens' instead.");
      if ('temperature' in body && body.temperature !== 1) return unsupported('temperature', '');
    }
    return null;
  },

  toReply(words, body, requestId) {
    const refused = words.ending === 'refused';
    const wordless = refused || words.ending === 'filtered' || words.ending === 'empty';
    const inputTokens = countTokens(
      readMessages(body)
        .map(({ content }) => content)
        .join('\n'),
    );
    const outputTokens = countTokens(words.content);
    return {
      id: `chatcmpl-${requestId}`,
      object: 'chat.completion',
      created: 1_790_000_000,
      model: body.model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: wordless ? null : words.content,
            refusal: refused ? words.content : null,
            annotations: [],
          },
          logprobs: null,
          finish_reason: FINISH_REASON[words.ending],
        },
      ],
      usage: {
        prompt_tokens: inputTokens,
        completion_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      },
      service_tier: 'default',
      system_fingerprint: 'fp_fake',
    };
  },

  toError(status, message, _requestId, param) {
    const [type, code] = ERROR_TYPE[status] ?? [
      'invalid_request_error',
      param ? 'unsupported_parameter' : null,
    ];
    return { error: { message, type, param: param ?? null, code } };
  },

  toModels: (models) => ({
    object: 'list',
    data: models.map((id) => ({ id, object: 'model', created: 1_790_000_000, owned_by: 'fake' })),
  }),
};

function readMessages(body: Record<string, unknown>): ChatMessage[] {
  return Array.isArray(body.messages) ? (body.messages as ChatMessage[]) : [];
}

function readSchema(body: Record<string, unknown>): unknown {
  const format = body.response_format as { json_schema?: { schema?: unknown } } | undefined;
  return format?.json_schema?.schema;
}

function unsupported(param: string, hint: string) {
  const message = `Unsupported parameter: '${param}' is not supported with this model. ${hint}`.trim();
  return { status: 400, message, param };
}

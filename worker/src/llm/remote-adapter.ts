import { isUnconnected } from '@understudy/shared/net/guarded-agent';
import { readNetworkError } from '../net/network-error.ts';
import { parseRetryAfter } from '../net/retry-after.ts';
import type {
  Adapter,
  AdapterDeps,
  ClassifyRequest,
  Fault,
  FaultCause,
  ProviderConnection,
} from './adapter.ts';
import { toAnsweringModel } from './answering-model.ts';
import { readAnswer } from './answer.ts';
import { readErrorBody } from './error-body.ts';
import { toEvidence } from './evidence.ts';
import { type Exchange, observeFetch } from './observed-fetch.ts';
import { toSafeMessage } from './redact.ts';
import { type Mishap, toRemoteFault } from './remote-fault.ts';
import type { Reply, Thrown, Vendor } from './vendor.ts';

/** An answer that is longer than this is of no use in a repair, and would only cost. */
const MAX_REPAIRED_ANSWER = 4_000;

const CANNOT_LIST = new Set([404, 405, 501]);
/** As OpenAI refuses a list to a restricted key; it knows the key, which may well classify. */
const MAY_NOT_LIST = /missing scopes?:.*\bmodel\.read\b/i;

/** The adapter of a vendor that is reached over HTTP: one pipeline from the request to an outcome, for all of them. */
export function createRemoteAdapter(
  vendor: Vendor,
  connection: Pick<ProviderConnection, 'apiKey'>,
  deps: AdapterDeps,
): Adapter {
  const describe = (mishap: Mishap, { exchange, signal, request }: Call): Fault => {
    const { kind, message, ...raw } = toRemoteFault(vendor, mishap, exchange, signal);
    const { response } = exchange;
    const cause = raw.cause ?? toCause(response);
    return {
      kind,
      message: toSafeMessage(message, { apiKey: connection.apiKey, text: request?.text ?? null }),
      ...(cause && { cause }),
      ...(isUnsent(mishap) && { unsent: true as const }),
      status: response?.status ?? null,
      requestId: readRequestId(exchange),
      retryAfterMs: response && !isOk(response.status) ? parseRetryAfter(response.headers, Date.now()) : null,
      usage: null,
      answer: null,
    };
  };

  return {
    model: vendor.model,
    baseUrl: vendor.baseUrl,

    async classify(request, signal) {
      const exchange = observeFetch(deps.fetch, signal);
      const call: Call = { exchange, signal, request };
      const failed = (mishap: Mishap, reply: Reply | null) => {
        const fault = describe(mishap, call);
        return { ok: false as const, fault: { ...fault, ...fromReply(fault, reply) } };
      };
      let body: unknown;
      try {
        body = await vendor.classify(request, exchange, signal);
      } catch (error) {
        return failed(fromThrown(error, call), null);
      }
      const reply = vendor.fromResponse(body);
      if (reply.ending !== 'complete' || reply.content === null) {
        return failed({ at: 'reply', reply, evidence: toEvidence(reply.detail ?? '', request) }, reply);
      }
      const reading = readAnswer(reply.content, request);
      if (!reading.ok) return failed({ at: 'answer', problem: reading.problem }, reply);
      return {
        ok: true,
        result: reading.result,
        usage: reply.usage,
        requestId: readRequestId(exchange),
        status: exchange.response?.status ?? null,
        model: toAnsweringModel(body, connection.apiKey),
      };
    },

    async listModels(signal) {
      const exchange = observeFetch(deps.fetch, signal);
      const call: Call = { exchange, signal, request: null };
      const failed = (mishap: Mishap) => ({ ok: false as const, fault: describe(mishap, call) });
      try {
        const models = vendor.fromModels(await vendor.listModels(exchange, signal));
        return models
          ? { ok: true, models: withoutKey(models, connection.apiKey) }
          : failed({ at: 'answer', problem: 'It is not a list of models.' });
      } catch (error) {
        const mishap = fromThrown(error, call);
        return isNoFault(mishap, vendor, exchange) ? { ok: true, models: null } : failed(mishap);
      }
    },

    close: () => Promise.resolve(),
  };
}

/** Whether models were not listed for a reason that says nothing of other calls. */
function isNoFault({ evidence }: Thrown, { modelsAreOptional }: Vendor, { response }: Exchange): boolean {
  return (modelsAreOptional && CANNOT_LIST.has(response?.status ?? 0)) || MAY_NOT_LIST.test(evidence);
}

/** One call in progress; `request` is null where models are listed. */
interface Call {
  exchange: Exchange;
  signal: AbortSignal;
  request: ClassifyRequest | null;
}

function isUnsent(mishap: Mishap): boolean {
  return mishap.at === 'call' && readNetworkError(mishap.error).chain.some(isUnconnected);
}

function fromThrown(error: unknown, { exchange, request }: Call): Thrown {
  const body = readErrorBody(exchange.response?.errorBody ?? null);
  return { at: 'call', error, body, evidence: toEvidence(body.message, request) };
}

/** What a fault keeps of the reply: its usage always, its words where a repair can start from them. */
function fromReply(fault: Fault, reply: Reply | null): Pick<Fault, 'usage' | 'answer' | 'status'> {
  const words = fault.kind === 'invalid_output' ? reply?.content?.trim().slice(0, MAX_REPAIRED_ANSWER) : '';
  return { usage: reply?.usage ?? null, answer: words ? words : null, status: reply?.status ?? fault.status };
}

function readRequestId({ response }: Exchange): string | null {
  const id = response?.headers.get('x-request-id') ?? response?.headers.get('request-id');
  return id ? id.slice(0, 200) : null;
}

/** What a response tells of where a call went wrong. */
function toCause(response: Exchange['response']): FaultCause | null {
  if (!response) return null;
  if (response.status >= 300 && response.status < 400) return 'redirect';
  return /^text\/html\b/i.test(response.headers.get('content-type') ?? '') ? 'page' : null;
}

/** A server may echo the key wherever it likes. */
function withoutKey(names: string[], apiKey: string | null): string[] {
  return apiKey === null ? names : names.map((name) => name.replaceAll(apiKey, '[key]'));
}

function isOk(status: number): boolean {
  return status >= 200 && status < 300;
}

import OpenAI, { APIError } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { ClassifyRequest } from '../adapter.ts';
import { keepFormats } from '../answer-schema.ts';
import { readErrorBody } from '../error-body.ts';
import type { Exchange } from '../observed-fetch.ts';
import { withoutText } from '../redact.ts';
import type { Vendor } from '../vendor.ts';
import { type Dialect, toRefusal } from './dialect.ts';
import { fromModels, fromResponse } from './from-response.ts';
import { sdkErrors, toStatusFault } from './to-error.ts';
import { toRequest } from './to-request.ts';

/** Above any attempt's own limit, so that only our signal ends a call. In milliseconds. */
const NEVER_MS = 600_000;

export interface ChatVendorOptions {
  baseUrl: string;
  /** Null sends no `Authorization` at all. */
  apiKey: string | null;
  model: string;
  maxOutputTokens: number;
  dialect: Dialect;
  modelsAreOptional: boolean;
}

/** The form of an answer as OpenAI's `response_format`, made once for each set of labels. */
export const createResponseFormats = () =>
  keepFormats((schema) => zodResponseFormat(schema, 'classification'));

/**
 * A vendor that speaks OpenAI's chat completions. It learns which parameters its server refuses, within the call
 * that finds out (a refused call is not billed), and leaves them out from then on.
 */
export function createChatVendor(options: ChatVendorOptions): Vendor {
  let known = options.dialect;
  const { model, maxOutputTokens } = options;
  const settings = { model, maxOutputTokens, toFormat: createResponseFormats() };

  // Everything that the SDK would else take from the environment is given, so that it belongs to this provider;
  // headers there, which no option outweighs, are gone since the start (`forgetVendorVariables`).
  const connect = ({ fetch }: Exchange) =>
    new OpenAI({
      apiKey: options.apiKey ?? 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      baseURL: options.baseUrl,
      fetch,
      maxRetries: 0,
      timeout: NEVER_MS,
      logLevel: 'off',
      ...(options.apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
    });

  async function classify(request: ClassifyRequest, exchange: Exchange, signal: AbortSignal) {
    const client = connect(exchange);
    let dialect = known;
    for (;;) {
      try {
        return await client.chat.completions.create(toRequest(request, settings, dialect), { signal });
      } catch (error) {
        if (!(error instanceof APIError) || !exchange.response) throw error;
        const { status, errorBody } = exchange.response;
        const body = readErrorBody(errorBody);
        const message = withoutText(body.message, request.text);
        const refusal = toRefusal(dialect, status, { ...body, message });
        if (!refusal || signal.aborted) throw error;
        dialect = refusal.leaveOut(dialect);
        if (refusal.lasting) known = refusal.leaveOut(known);
      }
    }
  }

  return {
    model: options.model,
    baseUrl: options.baseUrl,
    modelsAreOptional: options.modelsAreOptional,
    classify,
    listModels: (exchange, signal) => connect(exchange).get<unknown>('/models', { signal }),
    fromResponse,
    fromModels,
    sdkErrors,
    toStatusFault,
  };
}

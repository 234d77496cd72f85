import Anthropic, { BadRequestError } from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type { CreateAdapter } from '../adapter.ts';
import { keepFormats } from '../answer-schema.ts';
import { toAnthropicBaseUrl } from '../base-url.ts';
import { readErrorBody } from '../error-body.ts';
import { createUnusableAdapter } from '../unusable-adapter.ts';
import type { Exchange } from '../observed-fetch.ts';
import { withoutText } from '../redact.ts';
import { createRemoteAdapter } from '../remote-adapter.ts';
import { toRemoteConfiguration } from '../remote-configuration.ts';
import type { Vendor } from '../vendor.ts';
import { fromModels, fromResponse } from './from-response.ts';
import { sdkErrors, toStatusFault } from './to-error.ts';
import { toRequest } from './to-request.ts';

const ANTHROPIC = 'https://api.anthropic.com';

/** Above any attempt's own limit, so that only our signal ends a call; the SDK refuses long answers without. */
const NEVER_MS = 600_000;

/** Models from before structured outputs refuse them: the prompt's own description of the form must do. */
const REFUSED_FORMAT = /output_config|output_format|structured output/i;
/** One schema that is refused for its labels says nothing about other label sets. */
const REFUSED_SCHEMA = /format\.schema|(invalid|too complex).*schema|schema.*(invalid|too complex)|grammar/i;

/** The form of an answer as Anthropic's `output_config.format`, made once for each set of labels. */
export const createOutputFormats = () => keepFormats((schema) => zodOutputFormat(schema));

/**
 * Anthropic by messages.
 * @throws {TypeError} where the base URL cannot be one.
 */
export const createAnthropicAdapter: CreateAdapter = (connection, deps) => {
  const { apiKey } = connection;
  const { model, maxOutputTokens } = toRemoteConfiguration(connection);
  if (apiKey === null) return createUnusableAdapter(model, 'The provider has no API key.');
  const baseURL = toAnthropicBaseUrl(connection.baseUrl ?? ANTHROPIC);
  const settings = { model, maxOutputTokens, toFormat: createOutputFormats() };
  let takesFormats = true;

  const connect = ({ fetch }: Exchange) =>
    new Anthropic({
      apiKey,
      webhookKey: null,
      baseURL,
      fetch,
      maxRetries: 0,
      timeout: NEVER_MS,
      logLevel: 'off',
      openTelemetry: { traces: false, propagation: false },
    });

  const vendor: Vendor = {
    model,
    baseUrl: baseURL,
    modelsAreOptional: false,
    fromResponse,
    fromModels,
    sdkErrors,
    toStatusFault,

    async classify(request, exchange, signal) {
      const client = connect(exchange);
      const ask = (structured: boolean) =>
        client.messages.create(toRequest(request, settings, structured), { signal });
      const structured = takesFormats;
      try {
        return await ask(structured);
      } catch (error) {
        const body = readErrorBody(exchange.response?.errorBody ?? null);
        const message = withoutText(body.message, request.text);
        const isSchema = REFUSED_SCHEMA.test(message);
        const refused = error instanceof BadRequestError && (isSchema || REFUSED_FORMAT.test(message));
        if (!structured || !refused || signal.aborted) throw error;
        if (!isSchema) takesFormats = false;
        return await ask(false);
      }
    },

    listModels: (exchange, signal) => connect(exchange).get<unknown>('/v1/models?limit=1000', { signal }),
  };

  return createRemoteAdapter(vendor, connection, deps);
};

import type { CreateAdapter } from '../adapter.ts';
import { toOpenAiBaseUrl } from '../base-url.ts';
import { createUnusableAdapter } from '../unusable-adapter.ts';
import { createRemoteAdapter } from '../remote-adapter.ts';
import { toRemoteConfiguration } from '../remote-configuration.ts';
import { openAiDialect } from './dialect.ts';
import { createChatVendor } from './vendor.ts';

const OPENAI = 'https://api.openai.com/v1';

/**
 * OpenAI by chat completions: every model that classifies well has them, and gateways in front of OpenAI seldom
 * have more.
 * @throws {TypeError} where the base URL cannot be one.
 */
export const createOpenAiAdapter: CreateAdapter = (connection, deps) => {
  const { model, maxOutputTokens } = toRemoteConfiguration(connection);
  if (connection.apiKey === null) return createUnusableAdapter(model, 'The provider has no API key.');
  const vendor = createChatVendor({
    baseUrl: toOpenAiBaseUrl(connection.baseUrl ?? OPENAI),
    apiKey: connection.apiKey,
    model,
    maxOutputTokens,
    dialect: openAiDialect(model),
    modelsAreOptional: false,
  });
  return createRemoteAdapter(vendor, connection, deps);
};

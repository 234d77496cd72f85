import type { CreateAdapter } from '../adapter.ts';
import { toOpenAiBaseUrl } from '../base-url.ts';
import { compatibleDialect } from '../openai/dialect.ts';
import { createChatVendor } from '../openai/vendor.ts';
import { createRemoteAdapter } from '../remote-adapter.ts';
import { toRemoteConfiguration } from '../remote-configuration.ts';

/**
 * Any server with OpenAI's chat completions (vLLM, Ollama, llama.cpp, LM Studio, OpenRouter, …), with or without
 * a key, with or without structured output.
 * @throws {TypeError} where the base URL is absent or cannot be one.
 */
export const createOpenAiCompatibleAdapter: CreateAdapter = (connection, deps) => {
  const { model, maxOutputTokens } = toRemoteConfiguration(connection);
  const baseUrl = toOpenAiBaseUrl(connection.baseUrl ?? '');
  const connect = (apiKey: string | null) => {
    const vendor = createChatVendor({
      baseUrl,
      apiKey,
      model,
      maxOutputTokens,
      dialect: compatibleDialect,
      modelsAreOptional: true,
    });
    return createRemoteAdapter(vendor, { apiKey }, deps);
  };
  const adapter = connect(connection.apiKey);
  return connection.apiKey === null ? adapter : { ...adapter, keyless: connect(null) };
};

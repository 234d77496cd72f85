import type { Fault } from '../llm/adapter.ts';

interface Tested {
  baseUrl: string | null;
  model: string;
}

/** What a fault of a provider test means to the operator who asked for it, and what to do about it. */
export function toTestMessage(fault: Fault, { model, baseUrl }: Tested, models: string[] | null): string {
  const advice = toAdvice(fault, model, baseUrl, models);
  return `${advice} (${fault.message})`;
}

function toAdvice(fault: Fault, model: string, baseUrl: string | null, models: string[] | null): string {
  const host = baseUrl === null ? "the vendor's address" : (URL.parse(baseUrl)?.host ?? baseUrl);
  switch (fault.kind) {
    case 'unauthenticated':
      return 'The API key was refused. Check that it is complete, still valid, and meant for this provider.';
    case 'forbidden':
      return `The API key is known, but may not do this. Check its rights to the model ${model}.`;
    case 'quota':
      return 'The account has no credit or quota left. Top it up, or use another key.';
    case 'rate_limited':
      return 'The provider is throttling this key. The key works; try again in a moment.';
    case 'network':
      return `No connection to ${host}. Check the base URL, and that this machine may reach it.`;
    case 'silent':
    case 'timeout':
      return `${host} did not answer in the time that a test has. Check the base URL, or try again.`;
    case 'overloaded':
    case 'server_error':
      return 'The provider is in trouble of its own just now. Nothing to change here; try again later.';
    case 'invalid_output':
      return `The answer was not usable. Check that ${host} speaks this protocol and that ${model} can follow a form.`;
    case 'content_filter':
      return 'The provider refused even a harmless text. Check its content settings.';
    case 'context_length':
      return `The model ${model} does not take even a short text. Check which model this is.`;
    case 'bad_request':
      if (fault.status === 404 || (models !== null && !models.includes(model))) {
        return `The model ${model} is not there, or ${host} has no such path. Check the model's name and the base URL.`;
      }
      return `The provider did not accept the request. Check the model ${model} and its settings.`;
  }
}

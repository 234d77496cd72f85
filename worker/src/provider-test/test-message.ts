import type { ProviderType } from '@understudy/shared/contracts/provider';
import { isModel } from '../health/findings.ts';
import type { Fault } from '../llm/adapter.ts';
import { toNetworkAdvice } from './network-advice.ts';
import { toNearestModels } from './nearest-models.ts';

/** What was tested, and how far the test had come. */
export interface Tested {
  type: ProviderType;
  baseUrl: string | null;
  model: string;
  hasKey: boolean;
  /** What it was asked for when it failed. */
  stage: 'models' | 'sample';
  /** As listed; null where it did not, or cannot. */
  models: readonly string[] | null;
  /** How long the failed call was given, in milliseconds. */
  limitMs: number;
}

const VENDORS: Partial<Record<ProviderType, string>> = {
  openai: 'api.openai.com',
  anthropic: 'api.anthropic.com',
};

/**
 * What a fault of a provider test means to the operator who asked for it, where it is, and what to do about it; then
 * the provider's own words. Faults come without the key, whatever the vendor echoed.
 */
export function toTestMessage(fault: Fault, tested: Tested): string {
  return `${toAdvice(fault, tested)} (${fault.message})`;
}

function toAdvice(fault: Fault, tested: Tested): string {
  const { model } = tested;
  const where = toHost(tested);
  switch (fault.kind) {
    case 'unauthenticated':
      return tested.hasKey
        ? `${where} refused the API key. Check that it is complete, still valid, and meant for this address.`
        : `${where} wants an API key, and this provider has none. Enter one.`;
    case 'forbidden':
      return toForbidden(fault, tested, where);
    case 'quota':
      return `The account of this API key has no credit or quota left at ${where}. Top it up there, or use the key of another account.`;
    case 'rate_limited':
      return `${where} is throttling this API key. The key works: try again ${toWhen(fault.retryAfterMs)}, or raise its limits there.`;
    case 'network':
      return toNetworkAdvice(fault.cause, where);
    case 'silent':
    case 'timeout':
      return toLate(fault, tested, where);
    case 'overloaded':
    case 'server_error':
      return fault.cause === 'redirect'
        ? `${where} sends calls on to another address, which is not followed. Enter the final address as the base URL.`
        : `${where} is in trouble of its own just now. Nothing to change here: try again later.`;
    case 'invalid_output':
      return toInvalid(fault, tested, where);
    case 'content_filter':
      return `${where} refused even a harmless text. Check the content settings of ${model} there.`;
    case 'context_length':
      return `The model ${model} does not take even a short text. Check which model this is, and its maxOutputTokens.`;
    case 'bad_request':
      return toBadRequest(fault, tested, where);
  }
}

function toForbidden(fault: Fault, { model }: Tested, where: string): string {
  if (fault.cause === 'page')
    return `A web page came in place of ${where}, and forbids the call: a firewall or proxy in between. Let the workers through.`;
  if (/countr|region|territor|location/i.test(fault.message))
    return `${where} does not serve the country or region that this machine calls from. Call it from elsewhere, or through a gateway as the base URL.`;
  return `${where} knows the API key, but it may not do this. Give it access to the model ${model} there, or choose another model.`;
}

function toLate({ kind }: Fault, { stage, models, model, limitMs }: Tested, where: string): string {
  const within = `within ${(Math.max(limitMs, 100) / 1_000).toFixed(1)} s`;
  const late = kind === 'silent' ? 'did not answer' : 'began to answer, but did not finish';
  if (stage === 'sample' && models !== null)
    return `${where} lists its models, but ${model} ${late} ${within}. It may be loading, or be slow: try again, or choose a faster model.`;
  return `${where} ${late} ${within}. Check the base URL and that no firewall swallows the call, or try again.`;
}

function toInvalid(fault: Fault, { stage, type, model }: Tested, where: string): string {
  if (fault.cause === 'page')
    return `${where} answered with a web page, so it is not the API. Check the base URL, its path too.`;
  if (stage === 'models')
    return `What ${where} answered is no list of models. Check the base URL, and that ${type} is its type.`;
  if (fault.cause === 'cut')
    return `${model} was cut off before its answer was complete. Raise maxOutputTokens.`;
  return `${model} answered, but not in the form that was asked for. Choose a model that can follow one, and check that ${type} is the type of ${where}.`;
}

function toBadRequest(fault: Fault, tested: Tested, where: string): string {
  const { model, models, stage } = tested;
  const isListed = models?.some((listed) => isModel(listed, model)) ?? true;
  const names = (stage === 'sample' && fault.message.includes(model)) || models !== null;
  if (!isListed || (fault.status === 404 && names)) return `${toMissing(tested, where)}`;
  if (fault.status === 404 || fault.status === 405)
    return `${where} has no such path. Check the path of the base URL: for most servers it ends in /v1.`;
  return `${where} did not accept the request. Check the model ${model} and its settings.`;
}

function toMissing({ model, models }: Tested, where: string): string {
  const missing = `The model ${model} is not there at ${where} for this API key.`;
  if (!models || models.length === 0) return `${missing} Check its name.`;
  const nearest = toNearestModels(model, models);
  if (nearest.length > 0) return `${missing} Nearest names: ${nearest.join(', ')}.`;
  return `${missing} Nothing there has a name like it; listed are ${models.slice(0, 3).join(', ')}${models.length > 3 ? ' and more' : ''}.`;
}

function toWhen(retryAfterMs: number | null): string {
  return retryAfterMs === null ? 'in a moment' : `in ${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s`;
}

function toHost({ baseUrl, type }: Tested): string {
  if (baseUrl === null) return VENDORS[type] ?? 'the provider';
  return URL.parse(baseUrl)?.host ?? 'the base URL';
}

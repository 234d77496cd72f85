import type { HealthStatus, ProviderFlag } from '@understudy/shared/contracts/provider';
import { isUnfinished } from '../dispatch/faults.ts';
import type { Fault, ModelsOutcome } from '../llm/adapter.ts';

/** What a check found, and which flags of the provider that disproves. */
export interface Checked {
  finding: Finding;
  disproven: readonly ProviderFlag[];
}

/** What one check found out about a provider. */
export interface Finding {
  status: Exclude<HealthStatus, 'unknown'>;
  responseTimeMs: number | null;
  errorMessage: string | null;
  /** Why it listed no models, where that says nothing of other calls: it refused to, or cannot. */
  list?: 'refused' | 'absent';
}

/** Faults that say "not now" and not "not at all": it was too slow for us, or sends us away for a while. */
const SLOW_OR_BUSY = new Set<Fault['kind']>(['silent', 'timeout', 'rate_limited']);

/** A fault found by a check: a provider that is slow or busy is degraded, any other fault means that it is down. */
export function fromFault({ kind, message }: Fault, responseTimeMs: number): Finding {
  return {
    status: SLOW_OR_BUSY.has(kind) ? 'degraded' : 'down',
    responseTimeMs,
    errorMessage: isUnfinished(kind) ? `No whole answer within ${Math.round(responseTimeMs)} ms.` : message,
  };
}

/**
 * A list of models as a finding. Slower than half of the limit is degraded: it works, but not well. So is a list
 * without the configured model, since a list may leave out what can be called all the same.
 */
export function fromModels(
  outcome: ModelsOutcome,
  { responseTimeMs, limitMs, model }: { responseTimeMs: number; limitMs: number; model: string },
): Finding {
  if (!outcome.ok) {
    const finding = fromFault(outcome.fault, responseTimeMs);
    return isRefused(outcome.fault) ? { ...finding, list: 'refused' } : finding;
  }
  if (lists(outcome.models, model) === false) {
    return {
      status: 'degraded',
      responseTimeMs,
      errorMessage: `It answers, but does not list the model ${model}.`,
    };
  }
  if (responseTimeMs > limitMs / 2) {
    const errorMessage = `It answers slowly: ${Math.round(responseTimeMs)} ms.`;
    return { status: 'degraded', responseTimeMs, errorMessage };
  }
  const finding: Finding = { status: 'healthy', responseTimeMs, errorMessage: null };
  return outcome.models ? finding : { ...finding, list: 'absent' };
}

/** Whether a server answered that this key may not do this. */
export function isRefused({ kind, status }: Fault): boolean {
  return status !== null && (kind === 'unauthenticated' || kind === 'forbidden');
}

/** Whether a list has the configured model; null where there is no list. */
export function lists(models: readonly string[] | null, model: string): boolean | null {
  return models && models.some((listed) => isModel(listed, model));
}

/** What may stand after a name where a list has a version of it; `-mini` and `:70b` are models of their own. */
const VERSION = /^[-:@](latest|\d{3,8}|\d{4}-\d\d-\d\d)$/;

/**
 * Whether a listed model is the configured one. Vendors list what an alias stands for: `x-20250101` for `x` or
 * `x-latest`, `x:latest` for `x`; and some list a path that ends in the name.
 */
export function isModel(listed: string, configured: string): boolean {
  const name = configured.replace(/[-:]latest$/, '');
  const listedName = listed.replace(/^models\//, '');
  return listedName === configured || listedName === name || VERSION.test(cutPrefix(listedName, name));
}

function cutPrefix(value: string, prefix: string): string {
  return value.startsWith(prefix) ? value.slice(prefix.length) : '';
}

import { classifyTiny, type ClassifyTinyDeps } from '../classify-tiny.ts';
import type { CallOutcome } from '../dispatch/call-adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { fromFault, type Finding } from './findings.ts';

/**
 * Checks a provider by having it classify one tiny text, at its price. Only the limit makes it slow: a good answer may
 * well take a second.
 */
export async function askDeep(
  deps: ClassifyTinyDeps,
  pooled: PooledProvider,
  { checkId, limitMs }: { checkId: string; limitMs: number },
): Promise<{ finding: Finding; proven: boolean }> {
  const call = { purpose: 'health', ownerId: checkId, limitMs } as const;
  const { outcome, durationMs } = await classifyTiny(deps, pooled, call);
  return { finding: toFinding(outcome, durationMs), proven: outcome.kind === 'answered' };
}

function toFinding(outcome: CallOutcome, responseTimeMs: number): Finding {
  switch (outcome.kind) {
    case 'answered':
      return { status: 'healthy', responseTimeMs, errorMessage: null };
    case 'faulted':
      return fromFault(outcome.fault, responseTimeMs);
    case 'aborted':
    case 'defect':
      return {
        status: 'down',
        responseTimeMs,
        errorMessage: 'The check ended in an error of the service itself.',
      };
  }
}

import type { ProviderFlag } from '@understudy/shared/contracts/provider';
import { classifyTiny, type ClassifyTinyDeps } from '../classify-tiny.ts';
import type { CallOutcome } from '../dispatch/call-adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { fromFault, type Checked, type Finding } from './findings.ts';

/** Only a call that is paid for shows that there is quota again. */
const DISPROVEN_BY_ANSWER: readonly ProviderFlag[] = ['unauthenticated', 'forbidden', 'quota'];

/**
 * Checks a provider by having it classify one tiny text, at its price. Only the limit makes it slow: a good answer may
 * well take a second.
 */
export async function askDeep(
  deps: ClassifyTinyDeps,
  pooled: PooledProvider,
  { checkId, limitMs }: { checkId: string; limitMs: number },
): Promise<Checked> {
  const call = { purpose: 'health', ownerId: checkId, limitMs } as const;
  const { outcome, durationMs } = await classifyTiny(deps, pooled, call);
  const disproven = outcome.kind === 'answered' ? DISPROVEN_BY_ANSWER : [];
  return { finding: toFinding(outcome, durationMs), disproven };
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

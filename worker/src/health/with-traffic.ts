import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { RecentTraffic } from '@understudy/shared/store/health/recent-traffic';
import { FAULT_POLICIES } from '../dispatch/faults.ts';
import type { Finding } from './findings.ts';

/** Fewer calls than this say nothing. */
const MIN_CALLS = 5;
const BAD_SHARE = 0.5;

const NO_LIST = {
  status: 'degraded',
  errorMessage: 'It answers, but this key may not list its models.',
} as const;

/**
 * What a check found, in the light of the real calls of the last five minutes: where at least half of them were bad, the
 * provider is `degraded` at best, and where none was answered, `down`, whatever it lists. What says nothing of a provider,
 * as a limit or a bad request, does not count; one whose calls were all overtaken by others is slow, not down. Where the
 * list was refused, answers say more: such a key may not list models, but be good for calls. Where there is none, and
 * every call is a bad request, its path may be wrong: a check sees the same 404 of a server that cannot list.
 */
export function withTraffic(finding: Finding, { answers, failed, cut }: Traffic): Finding {
  const bad = countBad(failed);
  const overtaken = countBad(cut);
  const calls = answers + bad + overtaken;
  if (finding.list === 'refused' && answers >= MIN_CALLS && bad < BAD_SHARE * calls)
    return { ...finding, ...NO_LIST };
  if (finding.status === 'down') return finding;
  if (calls < MIN_CALLS)
    return finding.list === 'absent' && answers === 0 ? withRefusals(finding, failed) : finding;
  if (bad + overtaken < BAD_SHARE * calls) return finding;
  const isDown = answers === 0 && bad >= MIN_CALLS && bad > overtaken;
  if (finding.status === 'degraded' && !isDown) return finding;
  const errorMessage = isDown
    ? `It answers checks, but none of ${calls} real calls in five minutes.`
    : `It answers checks, but ${bad + overtaken} of ${calls} real calls in five minutes were not answered.`;
  return { ...finding, status: isDown ? 'down' : 'degraded', errorMessage };
}

function withRefusals(finding: Finding, { bad_request: refused = 0 }: Traffic['failed']): Finding {
  if (refused < MIN_CALLS) return finding;
  const errorMessage = `It lists no models, refused ${refused} real calls in five minutes and answered none.`;
  return { ...finding, status: 'degraded', errorMessage };
}

type Traffic = Pick<RecentTraffic, 'answers' | 'failed' | 'cut'>;

function countBad(faults: Traffic['failed']): number {
  return Object.entries(faults)
    .filter(([kind]) => FAULT_POLICIES[kind as FaultKind].breaker !== 'neutral')
    .reduce((sum, [, count]) => sum + count, 0);
}

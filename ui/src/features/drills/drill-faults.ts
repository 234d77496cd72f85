import type { DrillInput } from '@understudy/shared/contracts/drill';

/** What a drill can inject, in an operator's words. */
export const DRILL_FAULTS: Record<DrillInput['fault'], string> = {
  silent: 'sends nothing at all',
  timeout: 'begins to answer, then stalls',
  server_error: 'fails on its side (500)',
  rate_limited: 'asks for fewer requests (429)',
  unauthenticated: 'refuses the key (401)',
  network: 'cannot be reached',
  invalid_output: 'gives no usable answer',
};

/** The fault of this name; one that is not known is the silent one, which is the worst. */
export function toDrillFault(name: string): DrillInput['fault'] {
  return (Object.keys(DRILL_FAULTS) as DrillInput['fault'][]).find((one) => one === name) ?? 'silent';
}

import type { Exchange } from './observed-fetch.ts';
import { toReplyFault } from './reply-fault.ts';
import { toTransportFault } from './transport-fault.ts';
import type { RawFault, Reply, SdkErrors, Thrown, Vendor } from './vendor.ts';

/** What went wrong, before it is decided what kind of fault it is. */
export type Mishap =
  | Thrown
  | { at: 'reply'; reply: Reply; evidence: string }
  | { at: 'answer'; problem: string };

/** Decides what kind of fault a mishap with a remote call is. Rethrows what is a defect of ours. */
export function toRemoteFault(
  vendor: Pick<Vendor, 'sdkErrors' | 'toStatusFault'>,
  mishap: Mishap,
  exchange: Exchange,
  signal: AbortSignal,
): RawFault {
  switch (mishap.at) {
    case 'call': {
      const { response } = exchange;
      const ofStatus = response && !signal.aborted ? vendor.toStatusFault(mishap, response.status) : null;
      const fault =
        ofStatus ?? toTransportFault(mishap.error, exchange, signal, nameOf(mishap.error, vendor.sdkErrors));
      if (fault) return fault;
      throw mishap.error;
    }
    case 'reply':
      return toReplyFault(mishap.reply, mishap.evidence);
    case 'answer':
      return { kind: 'invalid_output', message: `The answer is not valid. ${mishap.problem}` };
  }
}

/** The time-out is asked for first, since it may be a kind of connection error. */
function nameOf(error: unknown, { timeout, connection }: SdkErrors): 'timeout' | 'connection' | null {
  if (error instanceof timeout) return 'timeout';
  return error instanceof connection ? 'connection' : null;
}

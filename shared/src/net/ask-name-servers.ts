import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';

/** What name servers say of a name, asked for both kinds of addresses. */
export interface NameServersAnswer {
  addresses: LookupAddress[];
  /** Whether each question was answered, if only by there being no such name. */
  isComplete: boolean;
}

/** Never throws. */
export type AskNameServers = (hostname: string) => Promise<NameServersAnswer>;

interface AskOptions {
  /** In place of this machine's. */
  servers?: string[];
  /** For all of it; one name server is asked twice within that. */
  limitMs?: number;
}

const NO_ANSWER = new Set(['ETIMEOUT', 'ECANCELLED']);
/** At once it is an answer; late, it means that a name server further up is silent. */
const FAILED = 'ESERVFAIL';

/** Asks the name servers alone: any number of names at once, without a thread. Gives up after 4 s. */
export async function askNameServers(
  hostname: string,
  { servers, limitMs = 4_000 }: AskOptions = {},
): Promise<NameServersAnswer> {
  // One for each name: it reads which name servers there are, and they change under a process that runs long.
  const resolver = new Resolver({ timeout: limitMs / 2, tries: 2 });
  if (servers) resolver.setServers(servers);
  const startedAt = performance.now();
  const limit = setTimeout(() => resolver.cancel(), limitMs);
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  clearTimeout(limit);
  const isSoon = performance.now() - startedAt < limitMs / 4;
  return {
    addresses: [...toAddresses(v4, 4), ...toAddresses(v6, 6)],
    isComplete: isAnswered(v4, isSoon) && isAnswered(v6, isSoon),
  };
}

function toAddresses(answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}

function isAnswered(answer: PromiseSettledResult<string[]>, isSoon: boolean): boolean {
  if (answer.status === 'fulfilled') return true;
  const { code = '' } = answer.reason as NodeJS.ErrnoException;
  return !NO_ANSWER.has(code) && (code !== FAILED || isSoon);
}

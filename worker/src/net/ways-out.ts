import { createAddressGuard, type Lookup } from '@understudy/shared/net/address-guard';
import type { AskNameServers } from '@understudy/shared/net/ask-name-servers';
import { createClientLookup } from '@understudy/shared/net/client-lookup';
import { createGuardedAgent } from '@understudy/shared/net/guarded-agent';
import type { Agent } from 'undici';

/** The only ways out of this process; they lead nowhere that the guard does not allow. */
export interface WaysOut {
  providers: Agent;
  /** A way of their own: clients choose the names, and whoever answers for these must not hold up a provider. */
  webhooks: Agent;
  destroy(): Promise<void>;
}

interface WaysOutOptions {
  /** Entries of UNDERSTUDY_PRIVATE_HOSTS. */
  privateHosts: readonly string[];
  lookup?: Lookup;
  ask?: AskNameServers;
}

export function createWaysOut({ privateHosts, lookup, ask }: WaysOutOptions): WaysOut {
  const createAgent = (by: Lookup | undefined) =>
    createGuardedAgent(createAddressGuard({ privateHosts, ...(by && { lookup: by }) }));
  const providers = createAgent(lookup);
  const webhooks = createAgent(createClientLookup({ privateHosts, lookup, ask }));
  return {
    providers,
    webhooks,
    async destroy() {
      await Promise.all([providers.destroy(), webhooks.destroy()]);
    },
  };
}

import { createAddressGuard, type Lookup } from '@understudy/shared/net/address-guard';
import type { AskNameServers } from '@understudy/shared/net/ask-name-servers';
import { createUntrustedLookup } from '@understudy/shared/net/untrusted-lookup';
import { createGuardedAgent } from '@understudy/shared/net/guarded-agent';
import type { Agent } from 'undici';

/** The only ways out of this process; they lead nowhere that the guard does not allow. */
export interface OutgoingAgents {
  providers: Agent;
  /** A way of their own: clients choose the names, and whoever answers for these must not hold up a provider. */
  webhooks: Agent;
  destroy(): Promise<void>;
}

interface OutgoingAgentsOptions {
  /** Entries of UNDERSTUDY_PRIVATE_HOSTS. */
  privateHosts: readonly string[];
  lookup?: Lookup;
  ask?: AskNameServers;
}

export function createOutgoingAgents({ privateHosts, lookup, ask }: OutgoingAgentsOptions): OutgoingAgents {
  const providers = createGuardedAgent(createAddressGuard({ privateHosts, lookup }));
  const untrustedLookup = createUntrustedLookup({ privateHosts, lookup, ask });
  const webhooks = createGuardedAgent(createAddressGuard({ privateHosts, lookup: untrustedLookup }));
  return {
    providers,
    webhooks,
    async destroy() {
      await Promise.all([providers.destroy(), webhooks.destroy()]);
    },
  };
}

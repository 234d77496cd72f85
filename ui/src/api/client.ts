import { createSession } from '@understudy/shared/client/session';
import { createStats } from '@understudy/shared/client/stats';
import { createTransport, type Transport } from '@understudy/shared/client/transport';
import { inject, type App, type InjectionKey } from 'vue';

/** Longer than any read takes, over a slow line, too; without it, one that hangs would never be asked again. */
const READ_WITHIN_MS = 60_000;

interface ConsoleClientOptions {
  /** Called where the API no longer knows who is signed in; not for the sign-in itself, which says so in place. */
  onSignedOut: () => void;
}

/**
 * The typed client over the page's own origin and session cookie; of its parts, those that the first page uses. What
 * others use is made from `useTransport` where it is used, so that it loads with them.
 */
export function createConsoleClient({ onSignedOut }: ConsoleClientOptions) {
  const send = createTransport({
    baseUrl: '',
    fetch: async (input, init) => {
      const signal = init?.signal;
      // Whatever may take long, a change or a download, gives no signal.
      const limits = signal && { signal: AbortSignal.any([signal, AbortSignal.timeout(READ_WITHIN_MS)]) };
      const response = await fetch(input, { ...init, ...limits });
      const isSignIn = input === '/api/session' && init?.method === 'POST';
      if (response.status === 401 && !isSignIn) onSignedOut();
      return response;
    },
  });
  return {
    send,
    session: createSession(send),
    stats: createStats(send),
  };
}
export type ConsoleClient = ReturnType<typeof createConsoleClient>;

const clientKey: InjectionKey<ConsoleClient> = Symbol('client');

export function provideClient(app: App, client: ConsoleClient): void {
  app.provide(clientKey, client);
}

export function useClient(): ConsoleClient {
  const client = inject(clientKey);
  if (!client) throw new Error('No client was provided.');
  return client;
}

/** What parts of the client are made from: `createTokens(useTransport())`. */
export function useTransport(): Transport {
  return useClient().send;
}

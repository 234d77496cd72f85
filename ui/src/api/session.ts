import { queryOptions, useQuery, useQueryClient } from '@tanstack/vue-query';
import { coversScope, type Scope } from '@understudy/shared/contracts/scope';
import type { SessionInput } from '@understudy/shared/contracts/session';
import { computed } from 'vue';
import { keepDraftsOf, readDraftOwner } from '../composables/use-kept-draft.ts';
import { useClient, type ConsoleClient } from './client.ts';
import { queryKeys } from './query-keys.ts';

/** Who is signed in, asked once and then known until a sign-in, a sign-out or a 401. */
export function sessionQuery(client: ConsoleClient) {
  return queryOptions({
    queryKey: queryKeys.session,
    queryFn: async ({ signal }) => {
      const session = await client.session.get({ signal });
      // Before any form is there, and also where another tab has changed who is signed in.
      keepDraftsOf(JSON.stringify([session.client, session.name]));
      return session;
    },
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

/** Who is signed in and what they may do; for pages that only somebody signed in sees. */
export function useSession() {
  const query = useQuery({
    ...sessionQuery(useClient()),
    // Where the API was away when the page was opened, the shell learns who is signed in once it is back.
    refetchInterval: (state) => (state.state.data ? false : 5_000),
  });
  return {
    session: computed(() => query.data.value ?? null),
    /** Why it cannot be told who is signed in; null where it can. */
    error: computed(() => (query.data.value ? null : query.error.value)),
    can: (scope: Scope) => coversScope(query.data.value?.scopes ?? [], scope),
  };
}

/** Signing in and out. Nothing that one person has read is shown to the next. */
export function useSignIn() {
  const client = useClient();
  const queryClient = useQueryClient();
  return {
    /** Says whether it is another person than was signed in on this tab before, who is not to go on where that one was. */
    signIn: async (input: SessionInput) => {
      const before = readDraftOwner();
      await client.session.start(input);
      queryClient.clear();
      // Asked for again rather than taken from the reply: it shows that the browser kept the cookie.
      await queryClient.fetchQuery(sessionQuery(client));
      return { isAnother: before !== null && before !== readDraftOwner() };
    },
    signOut: () => client.session.end(),
  };
}

import { queryOptions, useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Scope, SessionInput } from '@understudy/shared/contracts/session';
import { computed } from 'vue';
import { useClient, type ConsoleClient } from './client.ts';
import { queryKeys } from './query-keys.ts';
import { coversScope } from './scope.ts';

/** Who is signed in, asked once and then known until a sign-in, a sign-out or a 401. */
export function sessionQuery(client: ConsoleClient) {
  return queryOptions({
    queryKey: queryKeys.session,
    queryFn: ({ signal }) => client.session.get({ signal }),
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
    can: (scope: Scope) => coversScope(query.data.value?.scopes ?? [], scope),
  };
}

/** Signing in and out. Nothing that one person has read is shown to the next. */
export function useSignIn() {
  const client = useClient();
  const queryClient = useQueryClient();
  return {
    signIn: async (input: SessionInput) => {
      await client.session.start(input);
      queryClient.clear();
      // Asked for again rather than taken from the reply: it shows that the browser kept the cookie.
      await queryClient.fetchQuery(sessionQuery(client));
    },
    signOut: () => client.session.end(),
  };
}

import { queryOptions, useQuery, useQueryClient } from '@tanstack/vue-query';
import { coversScope, type Scope } from '@understudy/shared/contracts/scope';
import type { Session, SessionInput } from '@understudy/shared/contracts/session';
import { computed } from 'vue';
import { keepDraftsOf, readDraftOwner } from '../composables/kept-drafts.ts';
import { useClient, type ConsoleClient } from './client.ts';
import { queryKeys } from './query-keys.ts';

/** A person, as far as drafts and what was read are theirs alone. */
const toOwner = ({ client, name }: Session) => JSON.stringify([client, name]);

/**
 * Who is signed in, known until a sign-in, a sign-out or a 401. Another tab may do those, too: it is asked again when the
 * page is seen again, and the console is loaded anew where it is somebody else by then, or may do something else.
 */
export function sessionQuery(client: ConsoleClient) {
  return queryOptions({
    queryKey: queryKeys.session,
    queryFn: async ({ client: cache, signal }) => {
      const session = await client.session.get({ signal });
      const owner = toOwner(session);
      // Before any form is there, and also where another tab has changed who is signed in.
      keepDraftsOf(owner);
      const before = cache.getQueryData<Session>(queryKeys.session);
      // Another person is not to go on where this one was.
      if (before && toOwner(before) !== owner) location.replace('/');
      else if (before && `${before.scopes}` !== `${session.scopes}`) location.reload();
      return session;
    },
    staleTime: Infinity,
    refetchOnWindowFocus: 'always',
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
    /** Asks again, where another tab may have signed in meanwhile. */
    refresh: () => void query.refetch({ cancelRefetch: false }),
    can: (scope: Scope) => coversScope(query.data.value?.scopes ?? [], scope),
  };
}

/** Signing in and out. Nothing that one person has read is shown to the next. */
export function useSignIn() {
  const client = useClient();
  const queryClient = useQueryClient();
  /** Says whether it is another person than was signed in on this tab before, who is not to go on where that one was. */
  async function enter(begin: () => Promise<unknown>): Promise<{ isAnother: boolean }> {
    const before = readDraftOwner();
    await begin();
    queryClient.clear();
    // Asked for again rather than taken from the reply: it shows that the browser kept the cookie.
    await queryClient.fetchQuery(sessionQuery(client));
    return { isAnother: before !== null && before !== readDraftOwner() };
  }
  return {
    signIn: (input: SessionInput) => enter(() => client.session.start(input)),
    /** Where another tab has signed in meanwhile; null where nobody is signed in, or that cannot be told. */
    resume: () => enter(() => client.session.get()).catch(() => null),
    signOut: () => client.session.end(),
  };
}

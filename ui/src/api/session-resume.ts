import { useQueryClient } from '@tanstack/vue-query';
import { readDraftOwner } from '../composables/kept-drafts.ts';
import { useClient } from './client.ts';
import { sessionQuery } from './session.ts';

/**
 * Looks whether another tab has signed in meanwhile; null where nobody is signed in, or that cannot be told. Says whether
 * it is another person than was signed in on this tab before.
 */
export function useSessionResume() {
  const client = useClient();
  const queryClient = useQueryClient();
  return async (): Promise<{ isAnother: boolean } | null> => {
    const before = readDraftOwner();
    try {
      await client.session.get();
      queryClient.clear();
      await queryClient.fetchQuery(sessionQuery(client));
    } catch {
      return null;
    }
    return { isAnother: before !== null && before !== readDraftOwner() };
  };
}

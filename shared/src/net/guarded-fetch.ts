import { fetch as undiciFetch, type Agent } from 'undici';

/** `fetch` through an agent of undici's own, which Node's built-in one does not take. */
export function createGuardedFetch(agent: Agent): typeof globalThis.fetch {
  const fetch = undiciFetch as unknown as typeof globalThis.fetch;
  // The two undicis' types differ in details that a call never meets.
  return (input, init) => fetch(input, { ...init, dispatcher: agent as never });
}

import { VueQueryPlugin } from '@tanstack/vue-query';
import type { Session } from '@understudy/shared/contracts/session';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApp } from 'vue';
import { provideClient, type ConsoleClient } from './client.ts';
import { createQueryClient } from './query-client.ts';
import { sessionQuery, useSignIn } from './session.ts';

const ANN: Session = { name: 'Ann', client: 'helpdesk', scopes: ['admin'], expiresAt: null };
const DRAFT = 'understudy.draft.playground';

beforeEach(() => vi.stubGlobal('sessionStorage', createStorage()));
afterEach(() => void vi.unstubAllGlobals());

function createStorage() {
  const texts = new Map<string, string>();
  return {
    getItem: (name: string) => texts.get(name) ?? null,
    setItem: (name: string, text: string) => void texts.set(name, text),
    removeItem: (name: string) => void texts.delete(name),
    clear: () => texts.clear(),
  };
}

/** A page that was just loaded. */
function setup() {
  let session = ANN;
  const client = {
    session: { start: async () => undefined, get: async () => session },
  } as unknown as ConsoleClient;
  const queryClient = createQueryClient();
  const app = createApp({});
  provideClient(app, client);
  app.use(VueQueryPlugin, { queryClient });
  const { signIn } = app.runWithContext(useSignIn);
  const as = (next: Session) => (session = next);
  return {
    signInAs: (next: Session) => (as(next), signIn({ token: 'ust_…' })),
    open: (next: Session) => (as(next), queryClient.ensureQueryData(sessionQuery(client))),
  };
}

it('keeps the drafts of somebody who signs in again', async () => {
  const { signInAs } = setup();
  await signInAs(ANN);
  sessionStorage.setItem(DRAFT, '"typed"');
  expect(await signInAs({ ...ANN, scopes: ['jobs:read'] })).toEqual({ isAnother: false });
  expect(sessionStorage.getItem(DRAFT)).toBe('"typed"');
});

it.for([
  { ...ANN, name: 'Bob' },
  { ...ANN, client: 'shop' },
])('forgets the drafts of one person when another signs in: $name of $client', async (another) => {
  const { signInAs } = setup();
  await signInAs(ANN);
  sessionStorage.setItem(DRAFT, '"typed"');
  // The page was loaded again meanwhile.
  const later = setup();
  expect(await later.signInAs(another)).toEqual({ isAnother: true });
  expect(sessionStorage.getItem(DRAFT)).toBeNull();
  expect(await later.signInAs(another)).toEqual({ isAnother: false });
});

it('forgets them, too, where another has signed in by another tab', async () => {
  await setup().open(ANN);
  sessionStorage.setItem(DRAFT, '"typed"');
  await setup().open(ANN);
  expect(sessionStorage.getItem(DRAFT)).toBe('"typed"');
  await setup().open({ ...ANN, name: 'Bob' });
  expect(sessionStorage.getItem(DRAFT)).toBeNull();
});

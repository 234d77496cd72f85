import { focusManager, VueQueryPlugin } from '@tanstack/vue-query';
import type { Session } from '@understudy/shared/contracts/session';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApp, effectScope } from 'vue';
import { provideClient, type ConsoleClient } from './client.ts';
import { createQueryClient } from './query-client.ts';
import { sessionQuery, useSession, useSignIn } from './session.ts';

const ANN: Session = { name: 'Ann', client: 'helpdesk', scopes: ['admin'], expiresAt: null };
const DRAFT = 'understudy.draft.playground';

const loads: string[] = [];

beforeEach(() => {
  loads.length = 0;
  vi.stubGlobal('sessionStorage', createStorage());
  vi.stubGlobal('location', {
    reload: () => loads.push('the same page'),
    replace: (path: string) => loads.push(path),
  });
});
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
  let reads = 0;
  const get = async () => {
    reads += 1;
    return session;
  };
  const client = {
    session: { start: async () => undefined, get },
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
    /** Looks at the page again after another tab has signed in. */
    lookAgain: async (next: Session) => {
      as(next);
      const scope = effectScope();
      const { session } = app.runWithContext(() => scope.run(useSession))!;
      // As the plugin does in a browser alone.
      queryClient.mount();
      const before = reads;
      focusManager.setFocused(false);
      focusManager.setFocused(true);
      await vi.waitFor(() => expect([reads, queryClient.isFetching()]).toEqual([before + 1, 0]));
      scope.stop();
      queryClient.unmount();
      focusManager.setFocused(undefined);
      return session.value;
    },
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

it.for([
  ['/', 'somebody else', { ...ANN, name: 'Bob' }],
  ['/', 'the same name of another client', { ...ANN, client: 'shop' }],
  ['the same page', 'somebody with other scopes', { ...ANN, scopes: ['jobs:read'] }],
] as const)('loads %s anew where it is looked at again as %s', async ([path, , another]) => {
  const { open, lookAgain } = setup();
  await open(ANN);
  sessionStorage.setItem(DRAFT, '"typed"');
  await lookAgain({ ...another, scopes: [...another.scopes] });
  expect(loads).toEqual([path]);
  expect(sessionStorage.getItem(DRAFT)).toBe(path === '/' ? null : '"typed"');
});

it('stays as it is where the same person has signed in again', async () => {
  const { open, lookAgain } = setup();
  await open(ANN);
  const later = { ...ANN, expiresAt: '2026-03-01T10:00:00Z' };
  expect(await lookAgain(later)).toEqual(later);
  expect(loads).toEqual([]);
});

import { session, sessionInput } from '@understudy/shared/contracts/session';
import { toSessionCookie } from '../http/authenticate.ts';
import { route } from '../http/route.ts';
import { endSession } from '../services/session/end.ts';
import { startSession, toSession } from '../services/session/start.ts';

export const sessionRoutes = [
  route({
    id: 'startSession',
    method: 'POST',
    path: '/api/session',
    summary: 'Sign in: trade a token, or the code of a one-time link, for a session cookie.',
    description:
      'A login by token counts against the limit of the token. A token signs in at most 60 times a minute, and so do all ' +
      'links together; 10 logins that fail are the most of an address.',
    access: 'public',
    ownOrigin: true,
    body: sessionInput,
    replies: {
      200: {
        description: 'Who is signed in now.',
        schema: session,
        headers: ['Set-Cookie', 'RateLimit-Policy', 'RateLimit'],
      },
    },
    problems: ['unauthenticated', 'forbidden', 'rate_limited'],
    async handle(ctx, { body, address, requestId, cookie: replaces }) {
      const started = await startSession(ctx, { input: body, address, requestId, replaces });
      const cookie = toSessionCookie(ctx).toHeader(started.value, started.expiresAt);
      return { status: 200, body: started.session, headers: { ...started.standing, 'Set-Cookie': cookie } };
    },
  }),
  route({
    id: 'getSession',
    method: 'GET',
    path: '/api/session',
    summary: 'Who is signed in.',
    access: 'signed-in',
    replies: { 200: { description: 'The holder of the token or session.', schema: session } },
    async handle(_ctx, { viewer }) {
      return { status: 200, body: toSession(viewer) };
    },
  }),
  route({
    id: 'endSession',
    method: 'DELETE',
    path: '/api/session',
    summary: 'Sign out.',
    access: 'signed-in',
    replies: { 204: { description: 'The session is over.', headers: ['Set-Cookie'] } },
    async handle(ctx, { viewer, requestId, cookie }) {
      const clearing = { 'Set-Cookie': toSessionCookie(ctx).toClearingHeader() };
      if (cookie !== null) await endSession(ctx, { viewer, requestId, value: cookie });
      return { status: 204, headers: clearing };
    },
  }),
];

import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createId } from '@understudy/shared/ids';
import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import express from 'express';
import * as z from 'zod';
import { route } from '../http/route.ts';
import { runRoute } from '../http/run-route.ts';
import { createCaller } from '../testing/caller.ts';
import { listen } from '../testing/event-listener.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

/** Where a token is revoked, and another process in which it is at work. */
let here: TestApi;
let there: TestApi;
let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
  there = await startTestApi({ bed });
  here = await startTestApi({ bed });
  await there.context.watcher.refresh();
});
afterAll(async () => {
  await here.close();
  await there.close();
  await bed.close();
});

const JOBS = '/api/classifications';

async function setup() {
  const { token, tokenId } = await here.as({ scopes: ['jobs:write'] });
  await there.context.watcher.refresh();
  const revoke = async () => expect((await here.admin('DELETE', `/api/tokens/${tokenId}`)).status).toBe(204);
  return { token, revoke, call: createCaller(there.url, token) };
}

async function toCookie(token: string) {
  const { headers } = await there.anonymous('POST', '/api/session', { body: { token } });
  return headers.get('Set-Cookie')?.split(';')[0] ?? '';
}

describe('a token that is revoked in another process', () => {
  it('is refused here soon, and so are its sessions', async () => {
    const { token, revoke, call } = await setup();
    const Cookie = await toCookie(token);
    const bySession = () => there.anonymous('GET', JOBS, { headers: { Cookie } });
    expect([(await call('GET', JOBS)).status, (await bySession()).status]).toEqual([200, 200]);
    await revoke();
    await eventually(async () => (await call('GET', JOBS)).status === 401);
    await eventually(async () => (await bySession()).status === 401);
  });

  it('hears no more of events, by itself or by its session', async () => {
    const { token, revoke } = await setup();
    const listeners = [
      await listen(there.url, token),
      await listen(there.url, '', { headers: { Cookie: await toCookie(token) } }),
    ];
    expect(listeners.map(({ status }) => status)).toEqual([200, 200]);
    await revoke();
    await Promise.all(listeners.map(({ ended }) => ended));
  });

  it('waits for no answer any more', async () => {
    const { revoke, call } = await setup();
    const text = createId('evt');
    const submitted = call('POST', JOBS, {
      body: { text, labels: ['a', 'b'] },
      headers: { Prefer: 'wait=60' },
    });
    await eventually(async () => (await bed.store.jobs.findOne({ text }).lean()) !== null);
    const job = await bed.store.jobs.findOne({ text }).lean();
    const waiting = call('GET', `${JOBS}/${job?._id}`, { headers: { Prefer: 'wait=60' } });
    await revoke();
    // It was accepted: by another word its caller would send it again.
    expect(await submitted).toMatchObject({ status: 202, body: { id: job?._id, state: 'queued' } });
    expect((await waiting).body).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('has an export cut that nobody reads', async () => {
    const { token, revoke } = await setup();
    const ended = Promise.withResolvers<string>();
    async function* endless() {
      try {
        for (;;) yield 'x'.repeat(65_536);
      } finally {
        ended.resolve('cut');
      }
    }
    const row = route({
      id: 'export',
      summary: 'Exports without end',
      method: 'GET',
      path: '/export',
      access: 'jobs:read',
      replies: {},
      waits: true,
      handle: async () => ({ status: 200, stream: { type: 'text/plain', chunks: endless() } }),
    });
    const server = createServer(express().get(row.path, runRoute(row, there.context))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = { Authorization: `Bearer ${token}` };
    const req = request({ host: '127.0.0.1', port, path: row.path, headers }).end();
    await once(req, 'response');
    await revoke();
    expect(await ended.promise).toBe('cut');
    req.destroy();
    server.close();
    // Far less than one who does not read is left alone for.
  }, 20_000);

  it('is told to the work on what it has sent already, whose end is its reply', async () => {
    const { token, revoke } = await setup();
    const begun = Promise.withResolvers<void>();
    const row = route({
      id: 'upload',
      summary: 'Works on an upload without end',
      method: 'POST',
      path: '/upload',
      access: 'jobs:write',
      upload: { 'text/plain': { schema: z.string(), limit: 100 } },
      replies: {},
      waits: true,
      accepts: true,
      async handle(_ctx, { signal }) {
        begun.resolve();
        await once(signal, 'abort');
        return { status: 204 };
      },
    });
    const server = createServer(express().post(row.path, runRoute(row, there.context)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'text/plain' };
    const init = { method: row.method, headers, body: 'x' };
    const replied = fetch(`http://127.0.0.1:${port}${row.path}`, init);
    await begun.promise;
    await revoke();
    expect((await replied).status).toBe(204);
    server.close();
  });

  it('has nothing accepted of a batch that is still arriving', async () => {
    const { token, revoke } = await setup();
    const req = request(`${there.url}${JOBS}/batch`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson' },
    });
    const replied = once(req, 'response') as Promise<[IncomingMessage]>;
    const customId = createId('evt');
    req.write(`${JSON.stringify({ text: 'x', labels: ['a', 'b'], customId })}\n`);
    await eventually(async () => (await bed.store.batches.countDocuments({ state: 'receiving' })) === 1);
    await revoke();
    const sending = setInterval(() => req.write('\n'), 50);
    const [reply] = await replied;
    clearInterval(sending);
    expect(await json(reply)).toMatchObject({ status: 401, code: 'unauthenticated' });
    req.destroy();
    expect(await bed.store.batches.countDocuments({ state: { $ne: 'receiving' } })).toBe(0);
    expect(await bed.store.jobs.countDocuments({ customId })).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { connectionOf } from '../connection.ts';
import { requestOf } from '../sample-request.ts';
import { ample, type RemoteSubject, useStage } from './subject.ts';

export function describeTransport(subject: RemoteSubject): void {
  describe(`${subject.name}: transport`, () => {
    const setUp = useStage(subject);
    const callAt = async (url: string) => {
      const adapter = subject.create(connectionOf(subject.type, url), { fetch });
      return adapter.classify(requestOf(), ample());
    };

    it('takes a reset for a fault of the network', async () => {
      const { vendor, adapter } = await setUp();
      vendor.respondWith({ kind: 'reset' });
      expect(await adapter.classify(requestOf(), ample())).toMatchObject({
        ok: false,
        fault: { kind: 'network', cause: 'reset', status: null, message: expect.stringContaining('reset') },
      });
    });

    it('takes a body that breaks off for a fault of the network, and knows the request', async () => {
      const { vendor, adapter } = await setUp();
      vendor.respondWith({ kind: 'truncate' });
      expect(await adapter.classify(requestOf(), ample())).toMatchObject({
        ok: false,
        fault: { kind: 'network', status: 200, requestId: 'req_fake000001' },
      });
    });

    it('takes a refused connection for a fault of the network', async () => {
      const { vendor } = await setUp();
      await vendor.stop();
      expect(await callAt(vendor.url)).toMatchObject({
        ok: false,
        fault: { kind: 'network', cause: 'refused', message: 'The connection was refused (ECONNREFUSED).' },
      });
    });

    it('takes a host without an address for a fault of the network', async () => {
      // A label beyond 63 octets: the resolver fails without sending anything.
      expect(await callAt(`http://${'x'.repeat(64)}.invalid`)).toMatchObject({
        ok: false,
        fault: { kind: 'network', cause: 'dns', message: expect.stringContaining('could not be resolved') },
      });
    });

    it('takes a failed handshake for a fault of the network', async () => {
      const { vendor } = await setUp();
      expect(await callAt(vendor.url.replace('http:', 'https:'))).toMatchObject({
        ok: false,
        fault: { kind: 'network', cause: 'tls', message: expect.stringContaining('secure connection') },
      });
    });

    it('takes what its fetch throws for a fault of the network', async () => {
      const refuse = () => Promise.reject(new Error('The address 10.0.0.1 is not allowed.'));
      const adapter = subject.create(connectionOf(subject.type, 'http://10.0.0.1'), { fetch: refuse });
      expect(await adapter.classify(requestOf(), ample())).toMatchObject({
        ok: false,
        fault: { kind: 'network', message: expect.stringContaining('not allowed') },
      });
    });

    it('refuses a base URL with /v1 twice', () => {
      const connection = connectionOf(subject.type, 'http://127.0.0.1/v1/v1');
      expect(() => subject.create(connection, { fetch })).toThrow('twice');
    });

    it('finds the vendor with and without /v1 in its base URL', async () => {
      const { vendor } = await setUp();
      const bare = vendor.url.replace(/\/v1$/, '');
      for (const url of [bare, `${bare}/`, `${bare}/v1`, `${bare}/v1/`]) {
        expect(await callAt(url)).toMatchObject({ ok: true });
      }
    });
  });
}

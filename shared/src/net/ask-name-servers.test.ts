import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { askNameServers } from './ask-name-servers.ts';

const NO_SUCH_NAME = 3;
const FAILED = 2;

/** A name server for `good`, `none`, `half` (IPv4 only), `fails` and `late`; it has nothing to say of any other name. */
async function startNameServer(): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const name = query.toString('latin1', 13, 13 + (query[12] ?? 0));
    const isV4 = query.readUInt16BE(12 + name.length + 7) === 1;
    const reply = (code: number, isFound = false) =>
      socket.send(toReply(query, { isFound, code }), from.port, from.address);
    if (name === 'good' || (name === 'half' && isV4)) reply(0, isV4);
    if (name === 'none') reply(NO_SUCH_NAME);
    if (name === 'fails') reply(FAILED);
    if (name === 'late') setTimeout(() => reply(FAILED), 150);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

/** The question again (without what is after it), and 192.0.2.1 where there is an answer (RFC 1035, 4.1). */
function toReply(query: Buffer, { isFound, code }: { isFound: boolean; code: number }): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const reply = Buffer.from(query.subarray(0, end));
  reply.writeUInt16BE(0x8180 | code, 2);
  reply.writeUInt16BE(isFound ? 1 : 0, 6);
  reply.writeUInt32BE(0, 8);
  const answer = Buffer.from('c00c00010001000000000004c0000201', 'hex');
  return isFound ? Buffer.concat([reply, answer]) : reply;
}

it('tells names that are answered for from those that are not, and what is known of either', async () => {
  const servers = [await startNameServer()];
  const ask = (name: string) => askNameServers(`${name}.test`, { servers, limitMs: 500 });
  const addresses = [{ address: '192.0.2.1', family: 4 }];
  expect(await ask('good')).toEqual({ addresses, isComplete: true });
  expect(await ask('none')).toEqual({ addresses: [], isComplete: true });
  expect(await ask('half')).toEqual({ addresses, isComplete: false });
  expect(await ask('late')).toEqual({ addresses: [], isComplete: false });
  expect(await ask('dead')).toEqual({ addresses: [], isComplete: false });
});

it('takes a failure for an answer where it comes at once: whoever asks the same has it as soon', async () => {
  const servers = [await startNameServer()];
  expect(await askNameServers('fails.test', { servers, limitMs: 20_000 })).toMatchObject({
    isComplete: true,
  });
});

import { connect } from 'node:net';

/** A reply as it came over the wire. `status` 0 where the connection was closed without one. */
export interface RawReply {
  status: number;
  headers: Headers;
  body: string;
}

const NONE: RawReply = { status: 0, headers: new Headers(), body: '' };

/**
 * Writes bytes to a server as they are, which `fetch` would refuse to, and reads its first reply: whole, or as much as
 * came before the server closed.
 */
export async function sendRaw(url: string, bytes: string | Iterable<string | Buffer>): Promise<RawReply> {
  const [reply = NONE] = await sendRawFor(url, bytes, 1);
  return reply;
}

/** The same for bytes that may get several replies; gives up to `count` of them. */
export async function sendRawFor(
  url: string,
  bytes: string | Iterable<string | Buffer>,
  count: number,
): Promise<RawReply[]> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const received: Buffer[] = [];
  const replies = () => parseReplies(Buffer.concat(received));
  return new Promise((resolve) => {
    const end = () => {
      socket.destroy();
      resolve(replies().slice(0, count));
    };
    socket.on('data', (chunk) => {
      received.push(chunk);
      if (replies().filter(({ isWhole }) => isWhole).length >= count) end();
    });
    // Who is hung up on while it still sends gets a reset; what came until then counts.
    socket.on('error', end).on('close', end);
    for (const part of typeof bytes === 'string' ? [bytes] : bytes) socket.write(part);
  });
}

function parseReplies(bytes: Buffer): (RawReply & { isWhole: boolean })[] {
  const replies = [];
  for (let rest = bytes; rest.length > 0;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) break;
    const [first = '', ...lines] = rest.toString('latin1', 0, end).split('\r\n');
    const headers = new Headers(
      lines.map((line): [string, string] => [
        line.slice(0, line.indexOf(':')),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0);
    const length = Number(headers.get('Content-Length') ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length);
    // An interim reply is none.
    if (status >= 200) {
      replies.push({ status, headers, body: body.toString(), isWhole: body.length === length });
    }
    rest = rest.subarray(end + 4 + length);
  }
  return replies;
}

import { Agent, request as send, type OutgoingHttpHeaders } from 'node:http';
import { text as readText } from 'node:stream/consumers';

export interface Reply {
  status: number;
  body: string;
}

/** Calls over kept connections, with as little of its own as Node has. */
export interface Caller {
  call(method: 'GET' | 'POST', path: string, body?: string, headers?: OutgoingHttpHeaders): Promise<Reply>;
  close(): void;
}

export function createCaller(origin: string, token: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  return {
    call: (method, path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const request = send(new URL(path, origin), {
          method,
          agent,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
            ...headers,
          },
        });
        request.once('error', reject);
        request.once('response', (response) => {
          readText(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
        });
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}

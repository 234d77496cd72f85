import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';

/** A call as the receiver saw it. */
export interface ReceivedCall {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What a receiver does with one call. */
export type ReceiverBehaviour =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** Says nothing, for ever. */
  | { kind: 'hang' }
  /** A good status, then a body that never ends. */
  | { kind: 'stall' }
  | { kind: 'flood' }
  /** Hangs up. */
  | { kind: 'reset' };

export interface WebhookReceiver {
  /** Where it listens, without a path. */
  url: string;
  calls: ReceivedCall[];
  /** For the next calls, one each. */
  respondWith(...behaviours: ReceiverBehaviour[]): void;
  /** For every call for which nothing is queued; 204 at first. */
  respondAlways(behaviour: ReceiverBehaviour): void;
  /** Ends every connection and the server. */
  stop(): Promise<void>;
}

export const answerWith = (status: number, headers: Record<string, string> = {}): ReceiverBehaviour => ({
  kind: 'answer',
  status,
  headers,
});

/** Starts a receiver of webhooks on 127.0.0.1 that does what a test tells it. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const calls: ReceivedCall[] = [];
  let queue: ReceiverBehaviour[] = [];
  let always: ReceiverBehaviour = answerWith(204);
  const server = createServer((request, response) => {
    void readText(request).then((body) => {
      calls.push({ path: request.url ?? '', headers: request.headers as Record<string, string>, body });
      perform(queue.shift() ?? always, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    respondWith(...behaviours) {
      queue = behaviours;
    },
    respondAlways(behaviour) {
      always = behaviour;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function perform(behaviour: ReceiverBehaviour, response: ServerResponse) {
  switch (behaviour.kind) {
    case 'answer':
      response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
      return;
    case 'hang':
      return;
    case 'stall':
      response.writeHead(200).write('{');
      return;
    case 'flood':
      response.writeHead(200);
      flood(response);
      return;
    case 'reset':
      response.destroy();
  }
}

/** Writes as long as somebody reads. */
function flood(response: ServerResponse) {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(64 * 1_024)));
  };
  response.on('drain', more);
  more();
}

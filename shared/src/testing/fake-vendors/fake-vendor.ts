import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { FakeAnswer, FakeBehaviour, FakeProtocol, FakeQuestion } from './behaviour.ts';
import { perform } from './perform.ts';

export interface FakeVendorOptions {
  /** What the model says of a text; by default the first label that occurs in it, else the first label. */
  answer?: (question: FakeQuestion) => FakeAnswer;
  /** The only key that is let in; by default any. */
  apiKey?: string;
  models?: string[];
  /** Faults that this vendor finds with a call, besides its protocol's own. */
  findFault?: FakeProtocol['findFault'];
  /** 0 (the default) takes a free port. */
  port?: number;
}

/** A call as the vendor saw it. */
export interface FakeRequest {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  body: Record<string, unknown>;
  /** Null for anything but a classification. */
  question: FakeQuestion | null;
  /** Settles when the first byte of an answer has left. */
  firstByteSent: Promise<void>;
  /** Settles when the connection was closed before the answer was complete. */
  droppedByClient: Promise<void>;
}

export interface FakeVendor {
  /** The base URL as an operator would enter it. */
  url: string;
  /** Every request so far, oldest first; lists of models among them, by which health is checked at any time. */
  requests: FakeRequest[];
  /** The classifications among them. */
  calls(): FakeRequest[];
  /** Behaviours for the next classifications, one each. */
  respondWith(...queue: FakeBehaviour[]): void;
  /** Behaviour of every classification for which nothing is queued; `answer` at first. */
  respondAlways(behaviour: FakeBehaviour): void;
  /** Behaviour of listing models; a valid list at first. */
  listModelsWith(behaviour: FakeBehaviour): void;
  /** Everything behaves so, also listing models, until `recover()`. */
  breakDown(behaviour: FakeBehaviour): void;
  recover(): void;
  /** The next request that arrives after this. */
  nextRequest(): Promise<FakeRequest>;
  /** The next classification that arrives after this. */
  nextCall(): Promise<FakeRequest>;
  /** The connections that are open now. */
  countConnections(): Promise<number>;
  /** Ends every connection and the server. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a scripted vendor on 127.0.0.1 that speaks `protocol` over real HTTP. */
export async function startFakeVendor(
  protocol: FakeProtocol,
  options: FakeVendorOptions = {},
): Promise<FakeVendor> {
  const requests: FakeRequest[] = [];
  const queue: FakeBehaviour[] = [];
  let waiting: ((request: FakeRequest) => void)[] = [];
  let always: FakeBehaviour = { kind: 'answer' };
  let models: FakeBehaviour = { kind: 'answer' };
  let outage: FakeBehaviour | null = null;

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const { request, sent } = await readRequest(message, response, protocol);
    const requestId = `req_fake${String(requests.length + 1).padStart(6, '0')}`;
    response.setHeader(protocol.requestIdHeader, requestId);
    requests.push(request);
    for (const wake of waiting) wake(request);
    waiting = [];

    const listing = request.method === 'GET' && request.path === '/v1/models';
    const fault = findFault(protocol, options, request, listing);
    if (fault) {
      const error = protocol.toError(fault.status, fault.message, requestId, fault.param);
      response.writeHead(fault.status, { 'content-type': 'application/json' }).end(JSON.stringify(error));
      return sent();
    }
    const behaviour = outage ?? (listing ? models : (queue.shift() ?? always));
    if (listing && behaviour.kind === 'answer') {
      const list = protocol.toModels(options.models ?? ['fake-large', 'fake-small']);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
      return sent();
    }
    perform(behaviour, {
      protocol,
      body: request.body,
      question: request.question ?? emptyQuestion,
      requestId,
      answer: options.answer ?? answerByName,
      response,
      sent,
    });
  };

  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const nextRequest = () => new Promise<FakeRequest>((resolve) => waiting.push(resolve));
  const isCall = ({ question }: FakeRequest) => question !== null;

  return {
    url: `http://127.0.0.1:${port}${protocol.basePath}`,
    requests,
    respondWith: (...behaviours) => void queue.push(...behaviours),
    respondAlways: (behaviour) => void (always = behaviour),
    listModelsWith: (behaviour) => void (models = behaviour),
    breakDown: (behaviour) => void (outage = behaviour),
    recover: () => void (outage = null),
    calls: () => requests.filter(isCall),
    nextRequest,
    async nextCall() {
      for (;;) {
        const request = await nextRequest();
        if (isCall(request)) return request;
      }
    },
    countConnections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const emptyQuestion: FakeQuestion = {
  model: '',
  text: '',
  labels: [],
  wantsList: false,
  wantsRationale: false,
};

function answerByName({ text, labels }: FakeQuestion): FakeAnswer {
  const lower = text.toLowerCase();
  return labels.find((label) => lower.includes(label.toLowerCase())) ?? labels[0] ?? 'unknown';
}

async function readRequest(message: IncomingMessage, response: ServerResponse, protocol: FakeProtocol) {
  const firstByte = Promise.withResolvers<void>();
  const drop = Promise.withResolvers<void>();
  response.on('close', () => {
    if (!response.writableFinished) drop.resolve();
  });
  const path = new URL(message.url ?? '/', 'http://fake').pathname;
  const headers = message.headers as Record<string, string | undefined>;
  const body = parseObject(await readText(message));
  const classifies = message.method === 'POST' && path === protocol.classifyPath;
  const request: FakeRequest = {
    method: message.method ?? '',
    path,
    headers,
    body,
    question: classifies ? protocol.readQuestion(body) : null,
    firstByteSent: firstByte.promise,
    droppedByClient: drop.promise,
  };
  return { request, sent: firstByte.resolve };
}

function parseObject(text: string): Record<string, unknown> {
  if (text === '') return {};
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function findFault(
  protocol: FakeProtocol,
  options: FakeVendorOptions,
  request: FakeRequest,
  listing: boolean,
): ReturnType<FakeProtocol['findFault']> {
  const key = protocol.readKey(request.headers);
  if (options.apiKey !== undefined && key !== options.apiKey) {
    return {
      status: 401,
      message: key ? `Incorrect API key provided: ${maskKey(key)}.` : 'No API key given.',
    };
  }
  if (listing) return null;
  if (!request.question) {
    return { status: 404, message: `Invalid URL (${request.method} ${request.path})` };
  }
  return (
    protocol.findFault(request.body, request.headers) ??
    options.findFault?.(request.body, request.headers) ??
    null
  );
}

/** As OpenAI echoes a key that it does not know. */
function maskKey(key: string): string {
  return `${key.slice(0, 5)}${'*'.repeat(24)}${key.slice(-4)}`;
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '@understudy/shared/errors';
import { PROBLEM_TYPE, toProblem } from './problem.ts';

/** So long a caller has to read why it was refused; to hang up at once could take the reply from it. */
const LINGER_MS = 1_000;

/** What Node's parser refused, before there was a request that the application could see. */
export function refuseOnWire(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  writeProblem(socket, toWireError(error));
}

/** A proxy we are not: without a listener Node would hang up without a word. */
export function refuseConnect(_request: IncomingMessage, socket: Duplex): void {
  // Node leaves the connection to whoever listens here, with nobody to hear that it broke: that would end the process.
  socket.on('error', () => {});
  writeProblem(
    socket,
    new AppError('method_not_allowed', 'This is no proxy.', { details: { allow: 'GET, HEAD, POST' } }),
  );
}

/** Ends a request whose body does not come: a problem where there is still a reply to give, then the connection. */
export function refuseStalled(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return void request.socket.destroy();
  const { problem, headers } = toProblem(
    new AppError('request_timeout', 'The body did not arrive in time.', { retryable: true }),
    {
      instance: request.url?.split('?', 1)[0] ?? '/',
      requestId: String(response.getHeader('X-Request-Id') ?? randomUUID()),
    },
  );
  const body = JSON.stringify(problem);
  response.once('finish', () => request.socket.destroySoon());
  response.writeHead(problem.status, {
    ...headers,
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': problem.requestId,
    Connection: 'close',
  });
  response.end(body);
}

function toWireError({ code }: NodeJS.ErrnoException): AppError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('headers_too_large', 'The request line and the headers are larger than 16 KiB.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new AppError('body_too_large', 'The extensions of the chunks are too large.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('request_timeout', 'The request did not arrive in time.');
    default:
      return new AppError('malformed_request', 'This is not valid HTTP.');
  }
}

function writeProblem(socket: Duplex, error: AppError): void {
  const requestId = randomUUID();
  const { problem, headers } = toProblem(error, { instance: '/', requestId });
  const body = JSON.stringify(problem);
  const lines = Object.entries({
    ...headers,
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const reply = `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`;
  socket.end(reply);
  // Nobody else ends it for a caller who does not, or who does not read.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

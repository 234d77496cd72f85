import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { now } from '../measure/now.ts';
import { answerQuestions } from './child.ts';
import { LABEL, MODEL } from './workload.ts';

/** A latency begins a new record; null only asks for what is on record. */
export interface VendorQuestion {
  latencyMs: number | null;
}

export interface VendorAnswer {
  port: number;
  answeredAt: number[];
}

const REPLY = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: MODEL,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: `{"label":"${LABEL}","confidence":0.97}`, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 300, completion_tokens: 12, total_tokens: 312 },
  }),
);
const MODELS = Buffer.from(
  JSON.stringify({ object: 'list', data: [{ id: MODEL, object: 'model', created: 1, owned_by: 'bench' }] }),
);

let latencyMs = 0;
let answeredAt: number[] = [];

const send = (response: ServerResponse, body: Buffer) =>
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  // What is asked is not looked at: every question here has the same right answer.
  request.resume();
  if (request.method === 'GET') return void send(response, MODELS);
  request.once('end', () => {
    const answer = () => {
      answeredAt.push(now());
      send(response, REPLY);
    };
    if (latencyMs === 0) answer();
    else setTimeout(answer, latencyMs);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

answerQuestions<VendorQuestion, VendorAnswer>((question) => {
  if (question.latencyMs === null) return { port, answeredAt };
  latencyMs = question.latencyMs;
  answeredAt = [];
  return { port, answeredAt };
});

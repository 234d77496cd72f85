import type { ServerResponse } from 'node:http';
import type { FakeAnswer, FakeBehaviour, FakeProtocol, FakeQuestion, FakeWords } from './behaviour.ts';

/** One call that is to be answered, and what is needed to do so. */
export interface Performance {
  protocol: FakeProtocol;
  body: Record<string, unknown>;
  question: FakeQuestion;
  requestId: string;
  answer: (question: FakeQuestion) => FakeAnswer;
  response: ServerResponse;
  /** Called when the first byte of an answer has left. */
  sent: () => void;
}

/** Plays one behaviour on the wire. */
export function perform(behaviour: FakeBehaviour, performance: Performance): void {
  const { protocol, body, requestId, response, sent } = performance;
  const reply = (words: FakeWords) => JSON.stringify(protocol.toReply(words, body, requestId));
  const valid = () => reply({ content: toContent(performance, undefined), ending: 'complete' });
  const send = (status: number, type: string, text: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(text);
    sent();
  };
  const sendWords = (words: FakeWords) => send(200, 'application/json', reply(words));

  switch (behaviour.kind) {
    case 'answer':
      return sendWords({ content: toContent(performance, behaviour.answer), ending: 'complete' });
    case 'say':
      return sendWords({ content: behaviour.content, ending: 'complete' });
    case 'cut':
      return sendWords({ content: behaviour.content ?? '{"label":"', ending: 'cut' });
    case 'refuse':
      return sendWords({ content: behaviour.reason ?? 'I cannot help with that.', ending: 'refused' });
    case 'filter':
      return sendWords({ content: '', ending: 'filtered' });
    case 'empty':
      return sendWords({ content: '', ending: 'empty' });
    case 'body': {
      const text = typeof behaviour.body === 'string' ? behaviour.body : JSON.stringify(behaviour.body);
      return send(200, behaviour.contentType ?? 'application/json', text);
    }
    case 'status': {
      const error = behaviour.body ?? protocol.toError(behaviour.status, 'This is a rehearsal.', requestId);
      const text = typeof error === 'string' ? error : JSON.stringify(error);
      return send(behaviour.status, 'application/json', text, behaviour.headers);
    }
    case 'html':
      return send(200, 'text/html', '<!doctype html><title>Sign in</title><p>Welcome to the network.</p>');
    case 'malformed':
      return send(200, 'application/json', valid().slice(0, -20));
    case 'hang':
      return;
    case 'stall':
      return sendPart(performance, valid(), behaviour.status);
    case 'truncate':
      sendPart(performance, valid());
      response.socket?.end();
      return;
    case 'drip':
      return drip(performance, valid(), behaviour.everyMs);
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'delay': {
      const timer = setTimeout(
        () => perform(behaviour.then ?? { kind: 'answer' }, performance),
        behaviour.ms,
      );
      response.on('close', () => clearTimeout(timer));
      return;
    }
    case 'held':
      void behaviour.until.then(() => {
        if (!response.destroyed) perform(behaviour.then ?? { kind: 'answer' }, performance);
      });
  }
}

/** A valid answer in the form that the call asked for. */
function toContent(performance: Performance, given: FakeAnswer | undefined): string {
  const { question } = performance;
  const answer = given ?? performance.answer(question);
  const labels = typeof answer === 'string' ? [{ name: answer, confidence: 0.97 }] : answer;
  const rationale = question.wantsRationale ? { rationale: 'The words of the text point to it.' } : {};
  if (question.wantsList || labels.length !== 1) return JSON.stringify({ ...rationale, labels });
  return JSON.stringify({ ...rationale, label: labels[0]?.name, confidence: labels[0]?.confidence });
}

function sendPart({ response, sent }: Performance, text: string, status = 200): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.write(text.slice(0, Math.floor(text.length / 2)));
  sent();
}

function drip({ response, sent }: Performance, text: string, everyMs: number): void {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  sent();
  let at = 0;
  const timer = setInterval(() => {
    response.write(text.charAt(at));
    at += 1;
    if (at >= text.length) response.end();
  }, everyMs);
  response.on('close', () => clearInterval(timer));
  response.on('finish', () => clearInterval(timer));
}

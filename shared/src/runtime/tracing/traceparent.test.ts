import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { fromTraceparent, toTraceparent, traceparentPropagator } from './traceparent.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const extract = (carrier: Record<string, string>) =>
  traceparentPropagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
const inject = (context: ReturnType<typeof extract>) => {
  const carrier: Record<string, string> = {};
  traceparentPropagator.inject(context, carrier, defaultTextMapSetter);
  return carrier;
};

it('hands the ids on, and nothing that a caller may write besides', () => {
  const given = { traceparent: TRACEPARENT, tracestate: 'vendor=words', baggage: 'user=words' };
  expect(inject(extract(given))).toEqual({ traceparent: TRACEPARENT });
  expect(trace.getSpanContext(extract(given))).toMatchObject({ isRemote: true });
});

it('keeps of the flags only whether the trace is taken', () => {
  const span = fromTraceparent('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03');
  expect(span && toTraceparent(span)).toBe(TRACEPARENT);
  const unsampled = fromTraceparent(TRACEPARENT.replace(/01$/, '00'));
  expect(unsampled && toTraceparent(unsampled)).toBe(TRACEPARENT.replace(/01$/, '00'));
});

it.each([
  '',
  'a text',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  '00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01',
  `${TRACEPARENT}-more`,
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
])('takes %j for none', (given) => {
  expect(fromTraceparent(given)).toBeNull();
  expect(extract({ traceparent: given })).toBe(ROOT_CONTEXT);
  expect(inject(ROOT_CONTEXT)).toEqual({});
});

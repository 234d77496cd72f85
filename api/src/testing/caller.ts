import { problem } from '@understudy/shared/contracts/problem';
import { expect } from 'vitest';
import * as z from 'zod';
import { PROBLEM_TYPE } from '../http/problem.ts';
import type { Route, Schema } from '../http/route.ts';
import { routes } from '../routes/routes.ts';

interface CallOptions {
  body?: unknown;
  /** Sent as it is instead of `body` as JSON. */
  raw?: string | Buffer<ArrayBuffer>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A reply whose body is whatever JSON it was; tests say with matchers what they expect of it. */
interface CallReply {
  status: number;
  headers: Headers;
  text: string;
  body: Json;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads fields of replies of every shape
type Json = any;

export type Caller = (method: string, path: string, options?: CallOptions) => Promise<CallReply>;

/** Calls over HTTP; every reply is held against what the route table says of it. */
export function createCaller(url: string, token: string | null): Caller {
  return async (method, path, { body, raw, headers = {}, signal } = {}) => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    const type = response.headers.get('Content-Type') ?? '';
    const reply = {
      status: response.status,
      headers: response.headers,
      text,
      body: toBody(type, text),
    };
    if (path.startsWith('/api')) assertFitsTable(method, path, reply);
    return reply;
  };
}

/** Lines of JSON are given as an array. */
function toBody(type: string, text: string): Json {
  if (type.includes('x-ndjson')) return text.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
  return /json/.test(type) && text !== '' ? JSON.parse(text) : undefined;
}

/** A reply has the row's schema for its status and no field beyond it; an error is a problem. */
function assertFitsTable(method: string, path: string, reply: CallReply): void {
  expect(reply.headers.get('X-Request-Id')).toMatch(/^[A-Za-z0-9._-]{8,128}$/);
  if (method === 'HEAD' || method === 'OPTIONS') return;
  if (reply.status >= 400) {
    expect(reply.headers.get('Content-Type')).toBe(PROBLEM_TYPE);
    assertFits(problem, reply.body);
    expect(reply.body).toMatchObject({ status: reply.status, type: 'about:blank' });
    expect(reply.body.requestId).toBe(reply.headers.get('X-Request-Id'));
    return;
  }
  const row = findRow(method, path);
  const spec = row?.replies[reply.status];
  expect(spec, `${method} ${path} answered ${reply.status}, which its row does not know`).toBeDefined();
  for (const name of spec?.headers ?? []) {
    if (name === 'ETag' || name === 'Location') expect(reply.headers.get(name)).not.toBeNull();
  }
  const type = reply.headers.get('Content-Type')?.split(';', 1)[0] ?? '';
  const other = spec?.otherTypes?.[type];
  if (other) assertFits(other, reply.text);
  else if (spec?.schema && spec.type?.includes('x-ndjson')) {
    for (const line of reply.body) assertFits(spec.schema, line);
  } else if (spec?.schema && !spec.type) assertFits(spec.schema, reply.body);
  else if (spec?.type) expect(reply.headers.get('Content-Type')).toContain(spec.type);
  else expect(reply.text).toBe('');
}

function assertFits(schema: Schema, body: unknown): void {
  const parsed = z.core.safeParse(schema, body);
  expect(parsed.error?.issues ?? []).toEqual([]);
  // Parsing drops what the schema does not know.
  expect(body).toEqual(parsed.data);
}

function findRow(method: string, path: string): Route | undefined {
  const pathname = path.split('?', 1)[0] ?? '';
  const fitting = routes.filter((row) => row.method === method && toPattern(row.path).test(pathname));
  return fitting.find((row) => !row.path.includes(':')) ?? fitting[0];
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
}

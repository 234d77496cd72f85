import { expect } from 'vitest';
import { createDocumentReader, type OperationObject } from '../../shared/src/testing/document-reader.ts';

interface WalkOptions {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** Sent as it is instead of `body`, with its type. */
  raw?: { type: string; text: string };
  headers?: Record<string, string>;
  /** Null for nobody's. */
  token?: string | null;
}

export interface WalkReply {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a walk reads fields of replies of every shape
  body: any;
}

/** Calls operations by their ids, and holds every answer against what the service's own OpenAPI document says of it. */
export async function createWalker(url: string, adminToken: string) {
  const reader = createDocumentReader((await (await fetch(`${url}/api/openapi.json`)).json()) as object);
  const byId = new Map(reader.operations.map((entry) => [entry.operation.operationId, entry]));
  const walked = new Set<string>();

  const find = (id: string) => {
    const found = byId.get(id);
    if (!found) throw new Error(`There is no operation ${id}`);
    return found;
  };

  function send(id: string, options: WalkOptions, signal?: AbortSignal): Promise<Response> {
    const { params = {}, query, body, raw, headers = {}, token = adminToken } = options;
    const { method, path } = find(id);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params[name] ?? 'x'),
    );
    const payload = raw?.text ?? (body === undefined ? undefined : JSON.stringify(body));
    return fetch(`${url}${filled}${query ? `?${new URLSearchParams(query)}` : ''}`, {
      method: method.toUpperCase(),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { 'content-type': raw?.type ?? 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      ...(signal ? { signal } : {}),
    });
  }

  /** Notes that the operation was seen to answer so, and checks status, headers and type. @returns the declared schema. */
  function check(id: string, response: Response): object | null {
    const { operation } = find(id);
    const { status, headers } = response;
    const declared = reader.toReply(operation, status);
    if (!declared) throw new Error(`${id} answered ${status}, which the document does not know`);
    for (const [name, header] of Object.entries(declared.headers ?? {})) {
      if (reader.toHeader(header).required && !headers.has(name))
        throw new Error(`${id} ${status} lacks ${name}`);
    }
    walked.add(`${id} ${status < 400 ? 'success' : 'error'}`);
    const [entry] = Object.entries(declared.content ?? {});
    if (!entry) return null;
    const [type, { schema, examples = {} }] = entry;
    expect(`${id} ${headers.get('content-type')}`).toContain(type);
    return type === 'application/problem+json' ? { schema, codes: Object.keys(examples) } : { schema };
  }

  return {
    reader,
    /** `<id> success` and `<id> error` of all that was seen. */
    walked,
    send,
    check,
    /** Calls one operation and expects this status. */
    async call(id: string, status: number, options: WalkOptions = {}): Promise<WalkReply> {
      const response = await send(id, options);
      const text = await response.text();
      expect({ id, status: response.status, text: text.slice(0, 500) }).toMatchObject({ id, status });
      const declared = check(id, response) as { schema: object; codes?: string[] } | null;
      const type = response.headers.get('content-type') ?? '';
      const body = toBody(type, text);
      if (declared === null) expect(`${id}${text}`).toBe(id);
      else {
        const values = type.includes('ndjson') ? (body as unknown[]) : [body];
        for (const value of values) expect([id, ...reader.findFaults(declared.schema, value)]).toEqual([id]);
        if (declared.codes) expect(declared.codes).toContain((body as { code: string }).code);
      }
      return { status, headers: response.headers, body };
    },
    operations: (): OperationObject[] => reader.operations.map(({ operation }) => operation),
  };
}

export type Walker = Awaited<ReturnType<typeof createWalker>>;

function toBody(type: string, text: string): unknown {
  if (type.includes('ndjson')) return text.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
  return /json/.test(type) ? JSON.parse(text) : text;
}

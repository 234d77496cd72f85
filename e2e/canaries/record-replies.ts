/** One reply of the API, as text. */
export interface RecordedReply {
  request: string;
  status: number;
  text: string;
}

export type Call = (
  method: string,
  path: string,
  options?: { body?: unknown; raw?: string; token?: string; headers?: Record<string, string> },
) => Promise<RecordedReply & { json: Record<string, unknown> }>;

/** Calls the API and keeps every reply, with its headers, for a search over all of them. */
export function recordReplies(url: string, adminToken: string): { call: Call; replies: RecordedReply[] } {
  const replies: RecordedReply[] = [];
  return {
    replies,
    async call(method, path, { body, raw, token = adminToken, headers = {} } = {}) {
      const payload = raw ?? (body === undefined ? null : JSON.stringify(body));
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(payload === null ? {} : { body: payload }),
        redirect: 'manual',
      });
      const text = `${JSON.stringify([...response.headers])}\n${await response.text()}`;
      const reply = { request: `${method} ${path.split('?', 1)[0]}`, status: response.status, text };
      replies.push(reply);
      const json = response.headers.get('content-type')?.includes('json')
        ? text.slice(text.indexOf('\n'))
        : '{}';
      return {
        ...reply,
        json: json.trim().startsWith('{') && !path.endsWith('/results') ? JSON.parse(json) : {},
      };
    },
  };
}

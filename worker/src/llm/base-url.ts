/**
 * A base URL as OpenAI's SDK wants it: with `/v1`, which is added to a bare host. Another path is kept, since
 * gateways have their own.
 * @throws {TypeError} where `/v1` stands twice, or it is no http(s) address.
 */
export function toOpenAiBaseUrl(address: string): string {
  const { origin, path } = splitAddress(address);
  const base = path.replace(/\/chat\/completions$/, '');
  return `${origin}${base === '' ? '/v1' : base}`;
}

/**
 * A base URL as Anthropic's SDK wants it: without `/v1`, which the SDK adds itself.
 * @throws {TypeError} where `/v1` stands twice, or it is no http(s) address.
 */
export function toAnthropicBaseUrl(address: string): string {
  const { origin, path } = splitAddress(address);
  return `${origin}${path.replace(/(\/v1)?(\/messages)?$/, '')}`;
}

function splitAddress(address: string): { origin: string; path: string } {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('The base URL must be an http or https address.');
  }
  if (/\/v1\/+v1(\/|$)/.test(url.pathname)) throw new TypeError('The base URL has /v1 twice.');
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}

import type { WebhookMessage } from '../contracts/webhook.ts';

/** The headers of a request, as `fetch` or Node has them; names in lower case. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A message is not from Understudy, was altered, or is too old; it must not be acted upon. */
export class WebhookVerificationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WebhookVerificationError';
  }
}

/** How far the sender's clock and ours may differ (Standard Webhooks), also against replays; in seconds. */
const TOLERANCE_SECONDS = 300;

/**
 * Checks a message by Standard Webhooks (https://www.standardwebhooks.com) with what browsers and Node have, and gives it
 * parsed. `payload` is the body as it came, before any parsing. @throws {WebhookVerificationError}
 */
export async function verifyWebhook(
  payload: string,
  headers: WebhookHeaders,
  secret: string,
  { now = Date.now() }: { now?: number } = {},
): Promise<WebhookMessage> {
  const id = readHeader(headers, 'webhook-id');
  const timestamp = readHeader(headers, 'webhook-timestamp');
  const signatures = readHeader(headers, 'webhook-signature');
  const ageSeconds = now / 1_000 - Number(timestamp);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(ageSeconds) > TOLERANCE_SECONDS) {
    throw new WebhookVerificationError('The timestamp is not of these minutes.');
  }
  const key = await toKey(secret);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${payload}`);
  for (const entry of signatures.split(' ')) {
    const [version, signature = ''] = entry.split(',', 2);
    const bytes = version === 'v1' ? fromBase64(signature) : null;
    // Compares in constant time.
    if (bytes && (await crypto.subtle.verify('HMAC', key, bytes, signed))) return parse(payload);
  }
  throw new WebhookVerificationError('No signature is by this secret.');
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookVerificationError(`The header ${name} is missing.`);
}

async function toKey(secret: string) {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''));
  if (!bytes || bytes.length === 0) throw new WebhookVerificationError('The secret is not one (whsec_…).');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function parse(payload: string): WebhookMessage {
  try {
    return JSON.parse(payload) as WebhookMessage;
  } catch {
    throw new WebhookVerificationError('The message is not JSON.');
  }
}

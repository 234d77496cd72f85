import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { verifyWebhook, WebhookVerificationError } from './verify-webhook.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const payload = JSON.stringify({ type: 'classification.succeeded', timestamp: 'now', data: { id: 'job_1' } });
const at = new Date();

function sign(by = secret, more: { id?: string; at?: Date } = {}) {
  const { id = 'evt_1', at: when = at } = more;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(when.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign(id, when, payload),
  };
}
it('takes what the reference implementation signed, with headers of either kind', async () => {
  expect(await verifyWebhook(payload, sign(), secret)).toMatchObject({ data: { id: 'job_1' } });
  expect(await verifyWebhook(payload, new Headers(sign()), secret)).toEqual(JSON.parse(payload));
});

it('takes a message with several signatures, one of which is by the secret', async () => {
  const other = sign(`whsec_${randomBytes(24).toString('base64')}`)['webhook-signature'];
  const headers = { ...sign(), 'webhook-signature': `v1a,zz ${other} ${sign()['webhook-signature']}` };
  expect(await verifyWebhook(payload, headers, secret)).toMatchObject({ type: 'classification.succeeded' });
});

it.each<[string, Parameters<typeof verifyWebhook>]>([
  ['was altered', [`${payload} `, sign(), secret]],
  ['has another id', [payload, { ...sign(), 'webhook-id': 'evt_2' }, secret]],
  ['is by another secret', [payload, sign(), `whsec_${randomBytes(32).toString('base64')}`]],
  ['is too old', [payload, sign(secret, { at: new Date(at.getTime() - 301_000) }), secret]],
  ['is too new', [payload, sign(secret, { at: new Date(at.getTime() + 360_000) }), secret]],
  ['has no real time', [payload, { ...sign(), 'webhook-timestamp': 'NaN' }, secret]],
  ['has an empty signature', [payload, { ...sign(), 'webhook-signature': '' }, secret]],
  ['has a signature that is none', [payload, { ...sign(), 'webhook-signature': 'v1,%%%' }, secret]],
  ['has no headers', [payload, {}, secret]],
  ['is held against no secret', [payload, sign(), 'whsec_']],
])('refuses a message that %s', async (_what, args) => {
  await expect(verifyWebhook(...args)).rejects.toBeInstanceOf(WebhookVerificationError);
});

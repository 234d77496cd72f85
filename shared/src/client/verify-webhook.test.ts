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
const refused = (...args: Parameters<typeof verifyWebhook>) =>
  expect(verifyWebhook(...args)).rejects.toBeInstanceOf(WebhookVerificationError);

it('takes what the reference implementation signed, with headers of either kind', async () => {
  expect(await verifyWebhook(payload, sign(), secret)).toMatchObject({ data: { id: 'job_1' } });
  expect(await verifyWebhook(payload, new Headers(sign()), secret)).toEqual(JSON.parse(payload));
});

it('takes a message with several signatures, one of which is by the secret', async () => {
  const other = sign(`whsec_${randomBytes(24).toString('base64')}`)['webhook-signature'];
  const headers = { ...sign(), 'webhook-signature': `v1a,zz ${other} ${sign()['webhook-signature']}` };
  expect(await verifyWebhook(payload, headers, secret)).toMatchObject({ type: 'classification.succeeded' });
});

it('refuses what was altered, is of another, too old or too new, or lacks a header', async () => {
  await refused(`${payload} `, sign(), secret);
  await refused(payload, { ...sign(), 'webhook-id': 'evt_2' }, secret);
  await refused(payload, sign(), `whsec_${randomBytes(32).toString('base64')}`);
  await refused(payload, sign(secret, { at: new Date(at.getTime() - 301_000) }), secret);
  await refused(payload, sign(secret, { at: new Date(at.getTime() + 302_000) }), secret);
  await refused(payload, { ...sign(), 'webhook-timestamp': 'NaN' }, secret);
  await refused(payload, { ...sign(), 'webhook-signature': '' }, secret);
  await refused(payload, { ...sign(), 'webhook-signature': 'v1,%%%' }, secret);
  await refused(payload, {}, secret);
  await refused(payload, sign(), 'whsec_');
});

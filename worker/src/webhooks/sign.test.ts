import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { toSignedHeaders } from './sign.ts';

it('signs by every secret, newest first, so that whoever has either can verify', () => {
  const [newer, older] = [32, 64].map((bytes) => `whsec_${randomBytes(bytes).toString('base64')}`) as [
    string,
    string,
  ];
  const body = '{"type":"webhook.test","text":"ä"}';
  const message = { id: 'evt_1', timestamp: Math.floor(Date.now() / 1_000), body };
  const headers = toSignedHeaders(message, [newer, older]);
  expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
  for (const secret of [newer, older]) {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  }
  const stranger = `whsec_${randomBytes(32).toString('base64')}`;
  expect(() => new Webhook(stranger).verify(body, headers)).toThrow();
});

import { toShellWord } from '@understudy/shared/contracts/shell-word';
import type { OperationObject } from './document.ts';

/** A line for a shell that makes the call; `$TOKEN` is the caller's. */
export function toCurl(
  operation: OperationObject,
  call: { method: string; path: string; base: string },
): string {
  const { parameters = [], requestBody, security, responses } = operation;
  const url = call.base + call.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const isStream = Object.values(responses).some(
    (reply) => 'content' in reply && reply.content?.['text/event-stream'],
  );
  return [
    `curl${isStream ? ' -N' : ''}${call.method === 'get' ? '' : ` -X ${call.method.toUpperCase()}`} "${url}"`,
    security.length > 0 && `-H "Authorization: Bearer $TOKEN"`,
    parameters.some(({ name }) => name === 'Idempotency-Key') && `-H 'Idempotency-Key: my-key-1'`,
    parameters.some(({ name }) => name === 'Prefer') && `-H 'Prefer: wait=30'`,
    type && `-H 'Content-Type: ${type}'`,
    media?.example !== undefined && `-d ${toShellWord(JSON.stringify(media.example))}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(' \\\n  ');
}

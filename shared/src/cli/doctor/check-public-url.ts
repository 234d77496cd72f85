import type { Check } from './check.ts';
import { ok, warn, type Finding } from './finding.ts';
import { toLine, toReason } from './wording.ts';

const CHECK = 'public URL';
const LIMIT_MS = 3_000;
const LOCAL = /^(localhost|127\.|\[::1\])/;

/** Whether people find the console where links lead them, over a connection that nobody reads. */
export const checkPublicUrl: Check = {
  name: CHECK,
  async run({ publicUrl, config }) {
    const found = judgeAddress(publicUrl, config);
    const fault = await call(publicUrl);
    if (fault !== null)
      found.push(
        warn(
          CHECK,
          `${publicUrl} does not lead to the API from here: ${fault}.`,
          'Start the API, or set PUBLIC_URL to where people open the console. Links in webhooks and logins lead there.',
        ),
      );
    return found.length > 0 ? found : [ok(CHECK, `${publicUrl} leads to the API.`)];
  },
};

function judgeAddress(
  publicUrl: string,
  { PUBLIC_URL, HOST }: { PUBLIC_URL?: string | undefined; HOST: string },
): Finding[] {
  const { protocol, host, hostname } = new URL(publicUrl);
  if (!PUBLIC_URL && /^(0\.0\.0\.0|::)$/.test(HOST))
    return [
      warn(
        CHECK,
        'The API listens on every address, and PUBLIC_URL does not say which one people use.',
        'Set PUBLIC_URL, as https://understudy.example.com.',
      ),
    ];
  if (protocol === 'https:' || LOCAL.test(hostname)) return [];
  return [
    warn(
      CHECK,
      `${host} is reached without encryption: tokens and session cookies can be read on the way.`,
      'Put a proxy with TLS in front, and set PUBLIC_URL to its https address.',
    ),
  ];
}

/** What is the matter with it; null where a living API answers. */
async function call(publicUrl: string): Promise<string | null> {
  try {
    const answer = await fetch(`${publicUrl}/healthz`, {
      signal: AbortSignal.timeout(LIMIT_MS),
      redirect: 'manual',
    });
    const body = (await answer.json().catch(() => null)) as { status?: unknown } | null;
    return answer.ok && body?.status === 'ok' ? null : `something else answers there (${answer.status})`;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
    return toLine(toReason(error));
  }
}

import type { Check } from './check.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const CHECK = 'configuration';
/** As .env.example shows them: whoever knows the project knows these. */
const PUBLISHED = {
  UNDERSTUDY_MASTER_KEYS: /AAAAAAAAAAAAAAAAAAAA/,
  UNDERSTUDY_BOOTSTRAP_TOKEN: /replace-this/,
  METRICS_TOKEN: /replace-this/,
};

/** Whether the environment can be read, and holds no secret that is published. */
export const checkConfiguration: Check = {
  name: CHECK,
  run({ env, config, faults }) {
    const unreadable = faults.map((fault) =>
      fail(CHECK, `${fault}.`, 'Mend it in the environment or in .env; .env.example shows its form.'),
    );
    const published = Object.entries(PUBLISHED).flatMap(([name, form]): Finding[] =>
      form.test(env[name] ?? '')
        ? [
            fail(
              CHECK,
              `${name} is the one of .env.example, which everybody knows.`,
              name === 'UNDERSTUDY_MASTER_KEYS'
                ? 'Rotate to a key of your own: `npx understudy keys --help`.'
                : 'Put a random value there (`openssl rand -base64 32`), and restart.',
            ),
          ]
        : [],
    );
    const found = [...unreadable, ...published, ...toProxyFindings(config.PUBLIC_URL, env['TRUST_PROXY'])];
    return found.length > 0 ? found : [ok(CHECK, 'Every variable can be read.')];
  },
};

function toProxyFindings(publicUrl: string | undefined, trustProxy: string | undefined): Finding[] {
  if (!publicUrl?.startsWith('https:') || trustProxy) return [];
  return [
    warn(
      CHECK,
      'PUBLIC_URL is https, so a proxy stands in front, and TRUST_PROXY is not set: all callers count as one address, ' +
        'and ten wrong logins of anybody keep everybody out for a minute.',
      'Set TRUST_PROXY to the number of proxies in front of the API (often 1).',
    ),
  ];
}

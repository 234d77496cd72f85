import { readValidTokens } from '../../store/tokens/tokens.ts';
import { ofLedger } from './check.ts';
import { ok, warn } from './finding.ts';

const CHECK = 'tokens';

/** Whether somebody may manage the installation, and upstream systems may submit. */
export const checkTokens = ofLedger(CHECK, async (store, { clock }) => {
  const now = clock.now();
  const tokens = (await readValidTokens(store)).filter(
    ({ expiresAt }) => expiresAt === null || expiresAt.getTime() > now,
  );
  const admins = tokens.filter(({ scopes }) => scopes.includes('admin'));
  if (admins.length > 0) return [ok(CHECK, `${tokens.length} valid, ${admins.length} of an administrator.`)];
  return [
    warn(
      CHECK,
      'No valid token may manage it.',
      'Start the API with UNDERSTUDY_BOOTSTRAP_TOKEN, or make one in the console: `npx understudy login` opens it.',
    ),
  ];
});

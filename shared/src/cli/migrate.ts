import { withStore } from '../embedded/ledger.ts';
import { migrationStatus, runMigrations } from '../store/migrations/run-migrations.ts';
import { parseOptions, type Command } from './command.ts';
import { locate } from './locate.ts';

export const migrate: Command = {
  summary: "bring the ledger's schema up to date",
  help: `Usage: npx understudy migrate [--status]

Runs the migrations that have not run yet; safe to run again, and while others do.
\`npm start\` does this itself; in production run it before a new version's processes.

  --status   only list the migrations and when each ran
`,
  async run(args, env) {
    const { status } = parseOptions(args, { status: { type: 'boolean' } });
    const { mongodbUri } = locate(env);
    return withStore(mongodbUri, async (store) => {
      if (!status) await runMigrations(store);
      const migrations = await migrationStatus(store);
      return migrations
        .map(({ number, name, appliedAt }) => {
          const when = appliedAt ? `ran ${appliedAt.toISOString()}` : 'not run yet';
          return `${String(number).padStart(3, '0')} ${name.padEnd(24)} ${when}\n`;
        })
        .join('');
    });
  },
};

import { existsSync } from 'node:fs';
import { ConfigError, StartError } from '../errors.ts';
import { doctor } from './doctor.ts';
import { keys } from './keys.ts';
import { login } from './login.ts';
import { migrate } from './migrate.ts';
import { openapi } from './openapi.ts';
import { UsageError, type Command, type Report } from './command.ts';

const COMMANDS: Record<string, Command> = { login, migrate, keys, doctor, openapi };

const HELP = `Usage: npx understudy <command>

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join('\n')}

\`npx understudy <command> --help\` says more about one. The ledger is found by MONGODB_URI, or else by what
\`npm start\` runs in the data folder (UNDERSTUDY_DATA_DIR, .understudy).
`;

async function run([name, ...args]: string[]): Promise<string | Report> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return HELP;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`There is no command "${name}".\n\n${HELP}`);
  if (args.includes('--help') || args.includes('-h')) return command.help;
  return command.run(args, process.env);
}

// Whoever reads the beginning alone (`| head`) has what they wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

if (existsSync('.env')) process.loadEnvFile();
try {
  const result = await run(process.argv.slice(2));
  const { output, failed } = typeof result === 'string' ? { output: result, failed: false } : result;
  process.stdout.write(output);
  if (failed) process.exitCode = 1;
} catch (error) {
  const isExpected = [UsageError, StartError, ConfigError].some((kind) => error instanceof kind);
  console.error(isExpected && error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

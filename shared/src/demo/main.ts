import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findInstallation } from '../cli/find-installation.ts';
import { createClient } from '../client/client.ts';
import { ProblemError, UnreachableError } from '../client/problem-error.ts';
import { parseEmbeddedConfig } from '../embedded/config.ts';
import { viewDataFolder } from '../embedded/folder/data-folder.ts';
import { ADMIN_TOKEN_FILE } from '../embedded/folder/secrets.ts';
import { assertOn } from './assert-on.ts';
import { loadCsv } from './load-csv.ts';
import { startProgress } from './progress.ts';
import { formatReport, toReport } from './report.ts';
import { runQueries } from './run-queries.ts';
import { saveClassifier } from './save-classifier.ts';
import { toErrorMessage } from '../runtime/error-message.ts';

const HELP = `npm run demo -- [options]   submits 500 real banking questions as jobs and reports how they were answered

  --provider NAME      only this provider may answer (default: whatever the service picks)
  --concurrency N      jobs in flight at a time (default 16)
  --limit N            only the first N questions
  --url URL            the service, with its --token (default PUBLIC_URL, else where npm start serves it)
  --token TOKEN        a token with jobs:write (default: the admin token in the data folder)
`;

if (existsSync('.env')) process.loadEnvFile();
try {
  await main();
} catch (error) {
  console.error(`demo: ${toAdvice(error)}`);
  process.exitCode = 1;
}

async function main() {
  const { values } = parseArgs({
    options: {
      provider: { type: 'string' },
      concurrency: { type: 'string', default: '16' },
      limit: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const concurrency = toCount('--concurrency', values.concurrency);
  const limit = values.limit === undefined ? undefined : toCount('--limit', values.limit);

  const client = createClient(findService(values));
  if (values.provider !== undefined) {
    await assertOn(async (name) => (await client.providers.read(name)).provider, values.provider);
  }
  const queries = (await loadCsv('queries.csv')).slice(0, limit);
  const classifier = await saveClassifier(client, await loadCsv('examples.csv'));

  console.log(`Submitting ${queries.length} questions of Banking77 to be sorted into 77 intents.`);
  const progress = startProgress(queries.length);
  const startedAt = performance.now();
  const answered = await runQueries({
    client,
    queries,
    classifier,
    provider: values.provider ?? null,
    concurrency,
    onAnswer: progress.answered,
    onWait: progress.held,
  }).finally(progress.stop);
  console.log(formatReport(toReport(answered, performance.now() - startedAt)));
}

function toCount(option: string, value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) {
    throw new Error(`${option} must be a whole number from 1 to 1000`);
  }
  return count;
}

/** The service that is named, or that of this machine: the admin token is for no other. */
function findService({ url, token }: { url?: string | undefined; token?: string | undefined }) {
  if (url !== undefined && token === undefined)
    throw new Error('--url needs --token, a token of that service');
  const { location, publicUrl } = findInstallation(parseEmbeddedConfig(process.env));
  return { baseUrl: url ?? publicUrl, token: token ?? readToken(location) };
}

function readToken(location: string): string {
  const folder = viewDataFolder(location);
  const token = folder.read(ADMIN_TOKEN_FILE)?.trim();
  if (token) return token;
  throw new Error(
    `there is no ${folder.file(ADMIN_TOKEN_FILE)}. Start the service with npm start, or give --url and --token.`,
  );
}

function toAdvice(error: unknown): string {
  if (error instanceof UnreachableError) return 'the service does not answer. Start it with npm start.';
  if (error instanceof ProblemError) {
    const faults = error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
    return `${faults || error.detail} (${error.code}, request ${error.requestId ?? 'unknown'})`;
  }
  return toErrorMessage(error);
}

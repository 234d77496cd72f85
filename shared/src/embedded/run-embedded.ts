import path from 'node:path';
import { ConfigError, StartError } from '../errors.ts';
import type { Environment } from '../config.ts';
import type { Entries } from './processes/app-plan.ts';
import { toLogFormat } from '../runtime/log-output.ts';
import { parseEmbeddedConfig } from './config.ts';
import { createPrettyLine, prefixLine } from './processes/log-lines.ts';
import { ADMIN_TOKEN_FILE } from './folder/secrets.ts';
import { onStopSignals } from './processes/stop-signals.ts';
import { createSupervisor, type SupervisorOptions } from './supervisor.ts';
import { watchParent } from './processes/watch-parent.ts';

export interface RunOptions {
  env: Environment;
  entries: Entries;
  /** Brings the ledger's schema up to date. */
  migrate: SupervisorOptions['migrate'];
  /** Makes a one-time link to the console. */
  createLoginLink: (mongodbUri: string, publicUrl: string) => Promise<{ link: string; expiresAt: Date }>;
}

/** Runs the product until a signal ends it, and ends this process: 0 when it was asked to, 1 when it cannot run. */
export async function runEmbedded({ env, entries, migrate, createLoginLink }: RunOptions): Promise<void> {
  const out = process.stdout;
  out.on('error', () => {}); // A closed terminal must not keep the rest from stopping in order.
  try {
    const config = parseEmbeddedConfig(env);
    const isPretty = toLogFormat(config.LOG_FORMAT, out) === 'pretty';
    const format = isPretty ? await createPrettyLine(out) : prefixLine;
    const supervisor = createSupervisor({ config, env, entries, out, format, migrate });
    let isStopping = false;
    const stop = async (reason: string) => {
      if (isStopping) return;
      isStopping = true;
      out.write(
        `\nStopping (${reason}): running jobs are drained first. Once more ends everything at once.\n`,
      );
      await supervisor.stop();
      out.write('Stopped.\n');
      process.exit(0);
    };
    onStopSignals({
      source: process,
      now: () => performance.now(),
      onStop: (signal) => void stop(signal),
      onKill: () => {
        supervisor.kill();
        process.exit(1);
      },
    });
    if (env['npm_lifecycle_event']) watchParent(() => void stop('npm is gone'));

    try {
      const { mongodbUri, publicUrl, metricsUrls } = await supervisor.start();
      const { link, expiresAt } = await createLoginLink(mongodbUri, publicUrl);
      const tokenFile = path.join(config.UNDERSTUDY_DATA_DIR, ADMIN_TOKEN_FILE);
      out.write(toBanner({ link, expiresAt, tokenFile, publicUrl, metricsUrls }));
    } catch (error) {
      if (isStopping) return;
      isStopping = true;
      await supervisor.stop();
      throw error;
    }
  } catch (error) {
    const isExpected = error instanceof StartError || error instanceof ConfigError;
    console.error(isExpected ? `\nUnderstudy did not start.\n${error.message}` : error);
    process.exit(1);
  }
}

interface Banner {
  link: string;
  expiresAt: Date;
  tokenFile: string;
  publicUrl: string;
  metricsUrls: Record<string, string>;
}

function toBanner(about: Banner): string {
  const metrics = Object.entries(about.metricsUrls).map(([name, url]) => `${url} (${name})`);
  const until = about.expiresAt.toTimeString().slice(0, 5);
  return [
    '',
    `Understudy is ready at ${about.publicUrl}`,
    '',
    `  Console       ${about.link}`,
    `                This link opens once, until ${until}; \`npx understudy login\` prints a new one.`,
    `  Admin token   ${about.tokenFile}`,
    `  Metrics       ${metrics.join('\n                ')}`,
    `  Stop          Ctrl-C`,
    '',
    '',
  ].join('\n');
}

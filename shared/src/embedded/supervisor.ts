import { addAbortListener } from 'node:events';
import type { Writable } from 'node:stream';
import type { Environment } from '../config.ts';
import { toErrorMessage } from '../runtime/error-message.ts';
import { countBackground, planApps, type Entries, type PlannedApp } from './processes/app-plan.ts';
import { APP_STOP_MS, startApp } from './processes/app.ts';
import { chooseMetricsPorts } from './choose-metrics-ports.ts';
import type { EmbeddedConfig } from './config.ts';
import type { Guardian } from './processes/guardian.ts';
import { claimInstallation, type Installation } from './installation.ts';
import { keepRunning, type KeepRunningOptions } from './processes/keep-running.ts';
import type { FormatLine } from './processes/log-lines.ts';
import type { Runtime } from './folder/runtime-file.ts';
import { StartError } from '../errors.ts';
import { createEmbeddedStore } from './stores/stores.ts';
import { createTrial, type Trial } from './processes/trial.ts';
import { waitUntilReady } from './processes/wait-until-ready.ts';

export interface SupervisorOptions {
  config: EmbeddedConfig;
  env: Environment;
  entries: Entries;
  out: Writable;
  format: FormatLine;
  /** Brings the ledger's schema up to date before any app starts. */
  migrate: (mongodbUri: string, signal: AbortSignal) => Promise<void>;
}

export interface Supervisor {
  /** Resolves when every process is ready; where it rejects, `stop` takes down what had been started. */
  start(): Promise<Runtime>;
  /** Drains the apps, then stops the stores; safe to call twice and while starting. */
  stop(): Promise<void>;
  /** Ends every process at once. */
  kill(): void;
}

/** Runs the whole product in one data folder: embedded stores first, then api, workers and scheduler. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { config, env, out, format, migrate } = options;
  const stopping = new AbortController();
  const cleanUp = new AsyncDisposableStack();
  const trial = createTrial(stopping.signal);
  let guardian: Guardian | null = null;
  let starting: Promise<Runtime> | null = null;

  const print = (line: string) => out.write(format('start', line));
  const watch = (installation: Installation, name: string) => follow(print, trial, installation, name);

  const startStores = async (installation: Installation) => {
    const { folder, secrets, runtimeFile } = installation;
    for (const { name, binary } of installation.stores) {
      stopping.signal.throwIfAborted();
      const store = await createEmbeddedStore(name, {
        folder,
        binary,
        password: secrets.storePassword,
        guardian: installation.guardian,
        ...watch(installation, name),
      });
      cleanUp.defer(() => store.stop());
      runtimeFile.update(name === 'mongod' ? { mongodbUri: store.uri } : { redisUrl: store.uri });
      // Stopped while it starts, it gives its start up.
      using _whileStarting = addAbortListener(stopping.signal, () => void store.stop());
      await store.start();
    }
  };

  const startApps = async (installation: Installation) => {
    const planned = await plan(options, installation);
    const apps = planned.map((app) =>
      keepRunning({
        name: app.name,
        start: () => startApp({ ...app, guardian: installation.guardian, out, format }),
        graceMs: APP_STOP_MS,
        ...watch(installation, app.name),
      }),
    );
    cleanUp.defer(async () => void (await Promise.all(apps.map((app) => app.stop()))));
    await Promise.all(apps.map((app) => app.start()));
    await trial.run(async (signal) => {
      await Promise.all(planned.map(({ url }) => waitUntilReady(url, signal)));
    });
  };

  const run = async (): Promise<Runtime> => {
    const onGuardianDown = (reason: string, waitMs: number) => print(toDownLine('guardian', reason, waitMs));
    const installation = await claimInstallation(config, env, { cleanUp, onGuardianDown });
    guardian = installation.guardian;
    await startStores(installation);
    stopping.signal.throwIfAborted();
    await migrate(installation.runtimeFile.runtime.mongodbUri, stopping.signal);
    stopping.signal.throwIfAborted();
    await startApps(installation);
    return installation.runtimeFile.runtime;
  };

  return {
    start: () =>
      (starting ??= run().catch((error) => {
        // What it broke off with says nothing to whoever stopped it.
        stopping.signal.throwIfAborted();
        throw error;
      })),
    async stop() {
      stopping.abort(new StartError('It was stopped while it started.'));
      await starting?.catch(() => {});
      await cleanUp.disposeAsync();
    },
    kill: () => guardian?.killAll(),
  };
}

/** Keeps account of one process: in the runtime file where it runs, in the trial where it fails. */
function follow(
  print: (line: string) => void,
  trial: Trial,
  { runtimeFile }: Installation,
  name: string,
): Pick<KeepRunningOptions, 'onUp' | 'onDown'> {
  return {
    onUp(pid) {
      try {
        runtimeFile.setProcess(name, pid);
      } catch (error) {
        // The disk is full, perhaps; a process that runs must not be taken for one that does not.
        print(
          `runtime.json cannot be written (${toErrorMessage(error)}); it lacks process ${pid} of ${name}.`,
        );
      }
    },
    onDown(reason, waitMs) {
      print(toDownLine(name, reason, waitMs));
      trial.countFailure(name);
    },
  };
}

/** Which apps run and where, told to whoever reads the folder's runtime file. */
async function plan(
  { config, env, entries }: SupervisorOptions,
  { port, secrets, runtimeFile }: Installation,
): Promise<PlannedApp[]> {
  const addresses = { ...runtimeFile.runtime, port };
  // As late as can be: nobody holds them until the processes listen.
  const metricsPorts = await chooseMetricsPorts(config, { count: countBackground(config), apiPort: port });
  const apps = planApps({ config, env, entries, addresses, metricsPorts, secrets });
  const metricsUrls = Object.fromEntries(apps.map(({ name, url }) => [name, `${url}/metrics`]));
  runtimeFile.update({ metricsUrls });
  return apps;
}

const toDownLine = (name: string, reason: string, waitMs: number) =>
  `${name} ended (${reason}); starting it again in ${waitMs} ms`;

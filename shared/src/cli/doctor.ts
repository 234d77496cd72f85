import { parseOptions, type Command } from './command.ts';
import { examine } from './doctor/examine.ts';
import { toJsonReport, toReport } from './doctor/report.ts';

export const doctor: Command = {
  summary: 'say what is wrong with an installation, and how to fix it',
  help: `Usage: npx understudy doctor [--json]

Looks at Node, the environment, MongoDB (reach, version, replica set, migrations, disk), Redis (reach, version, eviction,
append-only file, memory), the clocks, the master keys and what does not open with them, workers and scheduler,
providers, jobs that wait only for providers that are off, settings, tokens and the public address. It only reads, and
prints no secret.

  --json   prints { ok, findings: [{ check, status, what, fix }] }; status is ok, warn or fail

Ends with 1 if something fails. In production run it with the environment of the processes.
`,
  async run(args, env) {
    const { json } = parseOptions(args, { json: { type: 'boolean' } });
    const findings = await examine(env);
    return json ? toJsonReport(findings) : toReport(findings);
  },
};

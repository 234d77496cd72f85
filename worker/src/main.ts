import { runProcess } from '@understudy/shared/runtime/run-process';
import { compose } from './compose.ts';
import { loadConfig } from './config.ts';

await runProcess({ role: 'worker', loadConfig: () => loadConfig(process.env), compose });

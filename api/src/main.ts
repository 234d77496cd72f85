import { runProcess } from '@understudy/shared/runtime/run-process';
import { compose } from './compose.ts';
import { loadConfig } from './config.ts';

await runProcess({ role: 'api', loadConfig: () => loadConfig(process.env), compose });

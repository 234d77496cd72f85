import { runProcess } from '@understudy/shared/runtime/run-process';
import { compose } from './compose.ts';
import { loadConfig } from './config.ts';
import { forgetVendorVariables } from './llm/forget-vendor-variables.ts';

forgetVendorVariables(process.env);
await runProcess({ role: 'worker', loadConfig: () => loadConfig(process.env), compose });

import * as alert from '@understudy/shared/contracts/alert';
import * as audit from '@understudy/shared/contracts/audit';
import * as evaluation from '@understudy/shared/contracts/evaluation';
import * as reprice from '@understudy/shared/contracts/reprice';
import * as batch from '@understudy/shared/contracts/batch';
import * as bulkAction from '@understudy/shared/contracts/bulk-action';
import * as classification from '@understudy/shared/contracts/classification';
import * as classifier from '@understudy/shared/contracts/classifier';
import * as client from '@understudy/shared/contracts/client';
import * as dispatchConfig from '@understudy/shared/contracts/dispatch-config';
import * as drill from '@understudy/shared/contracts/drill';
import * as event from '@understudy/shared/contracts/event';
import * as failover from '@understudy/shared/contracts/failover';
import * as fault from '@understudy/shared/contracts/fault';
import * as health from '@understudy/shared/contracts/health';
import * as label from '@understudy/shared/contracts/label';
import * as problem from '@understudy/shared/contracts/problem';
import * as provider from '@understudy/shared/contracts/provider';
import * as session from '@understudy/shared/contracts/session';
import * as stats from '@understudy/shared/contracts/stats';
import * as system from '@understudy/shared/contracts/system';
import * as token from '@understudy/shared/contracts/token';
import * as usage from '@understudy/shared/contracts/usage';
import * as webhook from '@understudy/shared/contracts/webhook';
import * as webhookMessage from '@understudy/shared/contracts/webhook-message';
import * as z from 'zod';
import { mergePatchBody } from '../routes/parameters.ts';

const CONTRACTS = [
  problem,
  classification,
  bulkAction,
  batch,
  classifier,
  label,
  fault,
  provider,
  dispatchConfig,
  health,
  usage,
  drill,
  failover,
  event,
  stats,
  session,
  token,
  client,
  webhook,
  webhookMessage,
  alert,
  audit,
  evaluation,
  reprice,
  system,
];

/**
 * Names every schema of the contracts as it is exported, in PascalCase: wherever the document meets it, it becomes a
 * component of that name. Safe to call twice.
 */
export function nameSchemas(): void {
  for (const contract of CONTRACTS) {
    for (const [name, value] of Object.entries(contract)) {
      if (value instanceof z.core.$ZodType) setId(value, name.charAt(0).toUpperCase() + name.slice(1));
    }
  }
  setId(mergePatchBody, 'MergePatch');
}

function setId(schema: z.core.$ZodType, id: string): void {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
}

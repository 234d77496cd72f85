import { auditPage, auditQuery } from '@understudy/shared/contracts/audit';
import { route } from '../http/route.ts';
import { listAudit } from '../services/audit/list.ts';

export const auditRoutes = [
  route({
    id: 'listAudit',
    method: 'GET',
    path: '/api/audit',
    summary: 'The audit log, newest first: every change by an operator, with what was before and after it.',
    description:
      '`actor` is the id of a token, or the name of an actor. Keys, secrets and tokens are never in it. Nothing changes ' +
      'or removes a row; rows are kept for good, whatever `retention` says. What was before a change can be restored by ' +
      'a PATCH with the fields of its resource; of a classifier with over 32 kB only the number of the version is kept. ' +
      'What an upstream system, without a scope for providers, does to its own jobs is no change by an operator.',
    access: 'admin',
    query: auditQuery,
    replies: { 200: { description: 'A page of the audit log.', schema: auditPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { query }) {
      return { status: 200, body: await listAudit(ctx, query) };
    },
  }),
];

import { readFileSync } from 'node:fs';
import * as z from 'zod';

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const position = z.strictObject({
  h: z.int().positive(),
  w: z.int().positive().max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});
const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource,
  expr: z.string().min(1),
  legendFormat: z.string(),
  instant: z.boolean().optional(),
  range: z.boolean(),
});
const panel = z.strictObject({
  id: z.int().positive(),
  type: z.enum(['stat', 'timeseries', 'bargauge']),
  title: z.string().min(1),
  description: z.string().optional(),
  datasource,
  gridPos: position,
  fieldConfig: z.strictObject({
    defaults: z.looseObject({ unit: z.string().min(1) }),
    overrides: z.array(z.unknown()),
  }),
  options: z.looseObject({}),
  targets: z.array(target).min(1),
});
const row = z.strictObject({
  id: z.int().positive(),
  type: z.literal('row'),
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos: position,
  panels: z.tuple([]),
});

/** What we use of Grafana's model of a dashboard (schema version 38). */
const dashboardSchema = z.strictObject({
  uid: z.string().max(40),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.literal(38),
  version: z.int(),
  editable: z.boolean(),
  graphTooltip: z.literal([0, 1, 2]),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  timezone: z.string(),
  links: z.array(z.unknown()),
  annotations: z.strictObject({ list: z.array(z.looseObject({ datasource, expr: z.string() })) }),
  templating: z.strictObject({
    list: z.tuple([
      z.looseObject({
        name: z.literal('datasource'),
        type: z.literal('datasource'),
        query: z.literal('prometheus'),
      }),
    ]),
  }),
  panels: z.array(z.union([row, panel])).min(1),
});
export type Dashboard = z.output<typeof dashboardSchema>;

/** Grafana puts a time in here that fits what is shown. */
const RATE_INTERVAL = /\$__rate_interval/g;

/** The dashboard of `docs/operations/dashboard.json`. @throws where Grafana would not know what to do with it */
export function readDashboard(): Dashboard {
  const file = new URL('../../../../docs/operations/dashboard.json', import.meta.url);
  return dashboardSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Every query that it makes, as Prometheus gets it, with the title of its panel. */
export function listQueries({ panels, annotations }: Dashboard): { title: string; expr: string }[] {
  const ofPanels = panels.flatMap((entry) =>
    entry.type === 'row'
      ? []
      : entry.targets.map(({ expr }) => ({ title: entry.title, expr: expr.replace(RATE_INTERVAL, '5m') })),
  );
  return [...ofPanels, ...annotations.list.map(({ expr }) => ({ title: 'annotations', expr }))];
}

import type { CollectionSize } from '../bed/read-sizes.ts';
import type { MeasuredQuery } from '../bed/measure-queries.ts';
import { quantile, spreadOf, toSpread } from '../measure/quantile.ts';
import { toBar, toMs, toRange, toRatio, toWhole, type Bar, type PartReport, type Table } from './report.ts';

export interface Figures {
  jobsPerSecond: number;
  answerP50Ms: number;
  submitP50Ms: number;
  submitP99Ms: number;
}

/** So much was stored in the one, ten jobs in the other; one entry a round. */
export interface Level {
  finished: number;
  waiting: number;
  few: Figures[];
  many: Figures[];
}

const FLAT = 0.2;
const QUERY_BELOW_MS = 100;

export function toGrowthReport(
  levels: readonly Level[],
  queries: readonly MeasuredQuery[],
  sizes: readonly CollectionSize[],
): PartReport {
  return {
    how: [
      'Two systems side by side: one has ten finished jobs stored, the other as many as its line says, with an attempt and the usage of each, of four clients and three providers, on the last seven days. MongoDB has 2 GB of memory for its cache. Each has a worker while it is its turn. The jobs that wait are of a client of their own and name a provider that is switched off. A ratio is that of two turns which followed each other.',
    ],
    bars: [...levels.flatMap(toBars), toQueryBar(queries)],
    tables: [toFigureTable(levels), toQueryTable(queries), toSizeTable(sizes)],
  };
}

const RATIOS: [name: string, read: (figures: Figures) => number, isRate: boolean][] = [
  ['jobs a second', ({ jobsPerSecond }) => jobsPerSecond, true],
  ['submit to answer, p50', ({ answerP50Ms }) => answerP50Ms, false],
  ['submit at 200/s, p50', ({ submitP50Ms }) => submitP50Ms, false],
];

function toBars(level: Level): Bar[] {
  const ratio = (read: (figures: Figures) => number) =>
    toSpread(level.many.map((figures, round) => read(figures) / read(level.few[round] as Figures)));
  return RATIOS.map(([name, read, isRate]) =>
    toBar(
      `${describe(level)}: ${name}, of that with ten`,
      isRate ? { atLeast: 1 - FLAT } : { below: 1 + FLAT },
      ratio(read),
      toRatio,
    ),
  );
}

function toQueryBar(queries: readonly MeasuredQuery[]): Bar {
  const p95s = queries.map(({ ms }) => quantile(ms, 0.95));
  const slowest = { median: Math.max(...p95s), least: Math.min(...p95s), most: Math.max(...p95s) };
  return toBar('The slowest query’s p95', { below: QUERY_BELOW_MS }, slowest, toMs);
}

const describe = ({ finished, waiting }: Level) =>
  `${toWhole(finished)} finished${waiting > 0 ? `, ${toWhole(waiting)} waiting` : ''}`;

function toFigureTable(levels: readonly Level[]): Table {
  const rows = levels.flatMap((level) =>
    (['few', 'many'] as const).map((side) => {
      const rate = spreadOf(level[side], ({ jobsPerSecond }) => jobsPerSecond);
      const median = (read: (figures: Figures) => number) => toMs(spreadOf(level[side], read).median);
      return [
        side === 'few' ? 'ten' : describe(level),
        toWhole(rate.median),
        toRange(rate, toWhole),
        median(({ answerP50Ms }) => answerP50Ms),
        median(({ submitP50Ms }) => submitP50Ms),
        median(({ submitP99Ms }) => submitP99Ms),
      ];
    }),
  );
  const head = ['stored', 'jobs/s', 'spread', 'submit to answer p50', 'submit p50 at 200/s', 'p99'];
  return { head, rows };
}

function toQueryTable(queries: readonly MeasuredQuery[]): Table {
  return {
    title: 'Queries with all of that stored, over HTTP',
    head: ['query', 'p50', 'p95', 'how MongoDB finds it'],
    rows: queries.map(({ path, ms, plans }) => [
      `\`${path}\``,
      toMs(quantile(ms, 0.5)),
      toMs(quantile(ms, 0.95)),
      plans.join('<br>'),
    ]),
  };
}

function toSizeTable(sizes: readonly CollectionSize[]): Table {
  return {
    title: 'What is stored',
    head: ['collection', 'documents', 'a document', 'a document on disk', 'its keys in all indexes'],
    rows: sizes.map(({ name, documents, documentBytes, diskBytes, indexBytes }) => [
      name,
      toWhole(documents),
      `${toWhole(documentBytes)} B`,
      `${toWhole(diskBytes / documents)} B`,
      `${toWhole(indexBytes / documents)} B`,
    ]),
  };
}

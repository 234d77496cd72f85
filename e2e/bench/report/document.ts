import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'oxfmt';
import { describeMachine } from './machine.ts';
import type { Bar, PartReport, Table } from './report.ts';

const FILE = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));

const INTRO = `# Benchmarks

This file is written by \`npm run bench\`; [e2e/bench/](../e2e/bench/) is what measures. \`npm run bench -- floor overhead\` measures parts again and leaves the figures of the others, each with its own date. What is compared is measured in one run, in turns (A B A B); a figure is the median of the rounds, its spread the least and the most of them. The vendor is a process of its own on the same machine, and so are MongoDB and Redis, set up as \`npm start\` does. All of them share its processors with what is measured.`;

/** A part as it stands in the document. */
interface Section {
  title: string;
  text: string;
}

/** Puts what was measured now in place of its older figures; other parts keep theirs. */
export async function writeDocument(
  measured: readonly Section[],
  titles: readonly string[],
): Promise<string> {
  const kept = new Map(readSections().map((section) => [section.title, section]));
  for (const section of measured) kept.set(section.title, section);
  const sections = titles.flatMap((title) => kept.get(title) ?? []);
  const machine = toMarkdown({ head: ['machine', ''], rows: describeMachine() });
  const text = [INTRO, machine, toOverview(sections), ...sections.map(({ text }) => text)].join('\n\n');
  const { code } = await format(FILE, text);
  writeFileSync(FILE, code);
  return FILE;
}

export function toSection(title: string, moment: string, report: PartReport): Section {
  const { how, bars, tables, notes = [] } = report;
  const blocks = [
    `## ${title}`,
    moment,
    ...how,
    toMarkdown(toBarTable(bars)),
    ...tables.flatMap((table) => [...(table.title ? [`### ${table.title}`] : []), toMarkdown(table)]),
    ...notes,
  ];
  return { title, text: blocks.join('\n\n') };
}

function toBarTable(bars: readonly Bar[]): Table {
  const rows = bars.map(({ name, target, value, spread, isMet }) => [
    name,
    target,
    value,
    spread,
    isMet ? 'met' : '**not met**',
  ]);
  return { head: ['bar', 'wanted', 'measured', 'spread', ''], rows };
}

export function toMarkdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The bars of all parts, from their own tables, so that parts which were not measured now are there too. */
function toOverview(sections: readonly Section[]): string {
  const rows = sections.flatMap(({ title, text }) => {
    const lines = text.split('\n');
    const from = lines.findIndex((line) => /^\| bar\b/.test(line)) + 2;
    const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
    const anchor = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return lines
      .slice(from, length < 0 ? undefined : from + length)
      .map((line) => `| [${title}](#${anchor}) ${line}`);
  });
  const head = ['part', 'bar', 'wanted', 'measured', 'spread', ''];
  return ['## All bars', [toMarkdown({ head, rows: [] }), ...rows].join('\n')].join('\n\n');
}

function readSections(): Section[] {
  let text = '';
  try {
    text = readFileSync(FILE, 'utf8');
  } catch {
    return []; // It is written for the first time.
  }
  return text
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith('## '))
    .map((part) => ({ title: part.slice(3, part.indexOf('\n')).trim(), text: part.trim() }));
}

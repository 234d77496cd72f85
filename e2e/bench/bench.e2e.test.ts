import { expect, it } from 'vitest';
import { PARTS, toPartNames, type PartName } from './parts/parts.ts';
import { runBench } from './run-bench.ts';

it.each(Object.keys(PARTS) as PartName[])('runs the part %s of the benchmark', async (name) => {
  const lines: string[] = [];
  const bars = await runBench({ names: [name], quick: true, rounds: 1, print: (line) => lines.push(line) });
  expect(bars.length).toBeGreaterThan(0);
  for (const { name, value, spread } of bars) {
    expect(`${name}: ${value}, ${spread}`).not.toContain('NaN');
    // Else no rate at all was held.
    expect(`${name}: ${value}`).not.toMatch(/: 0$/);
  }
  expect(lines.join('\n')).toContain(PARTS[name].title);
});

it('names the parts where one is asked for that there is not', () => {
  expect(toPartNames(['scale', 'floor'])).toEqual(['floor', 'scale']);
  expect(() => toPartNames(['flor'])).toThrow('floor, overhead, submit, growth, scale');
});

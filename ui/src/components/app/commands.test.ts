import { expect, it } from 'vitest';
import { findCommands, type Command } from './commands.ts';

const go = (title: string, words = ''): Command => ({ title, words, run: { kind: 'go', to: '/' } });
const commands = [go('Overview', 'home'), go('Providers', 'keys'), go('Switch main off'), go('main')];
const find = (typed: string) => findCommands(commands, typed).map(({ title }) => title);

it.each([
  ['', ['Overview', 'Providers', 'Switch main off', 'main']],
  ['pro', ['Providers']],
  ['KEY', ['Providers']],
  ['main', ['main', 'Switch main off']],
  ['off sw', ['Switch main off']],
  ['view', []],
])('finds by the beginnings of words: %j', (typed, titles) => {
  expect(find(typed)).toEqual(titles);
});

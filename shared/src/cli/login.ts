import { createConsoleLink } from '../embedded/ledger.ts';
import { parseOptions, type Command } from './command.ts';
import { locate } from './locate.ts';

export const login: Command = {
  summary: 'print a new one-time link to the console',
  help: `Usage: npx understudy login

Prints a link that opens the console once, with all rights, within ten minutes.
The link leads to PUBLIC_URL, or else to where \`npm start\` serves the console.
`,
  async run(args, env) {
    parseOptions(args, {});
    const { mongodbUri, publicUrl } = locate(env);
    const { link, expiresAt } = await createConsoleLink(mongodbUri, publicUrl);
    return `${link}\nIt opens once, until ${expiresAt.toTimeString().slice(0, 5)}.\n`;
  },
};

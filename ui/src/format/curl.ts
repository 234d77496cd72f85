import { toShellWord } from '@understudy/shared/contracts/shell-word';

/** Where `npm start` keeps it by default; `TOKEN_WORDS` says what else. */
const FIRST_TOKEN = 'TOKEN=$(cat "${UNDERSTUDY_DATA_DIR:-.understudy}/admin-token")';
/** Stands beside a command without a token: which one it reads, and how to use another. */
export const TOKEN_WORDS =
  'If the start has printed another file for the admin token, name that in the first line, or set TOKEN to any token that may submit jobs.';

/** The curl line that submits a job and waits for its answer, with a token, or after a line that reads the first one. */
export function toSubmitCurl(origin: string, job: object, token: string | null = null): string {
  const curl = [
    `curl -sS ${origin}/api/classifications`,
    `-H "Authorization: Bearer ${token ?? '$TOKEN'}"`,
    `-H 'Content-Type: application/json'`,
    `-H 'Prefer: wait=30'`,
    `-d ${toShellWord(toJsonLines(job))}`,
  ].join(' \\\n  ');
  return token ? curl : `${FIRST_TOKEN}\n${curl}`;
}

/** JSON with a line for each field of the outermost object. */
function toJsonLines(job: object): string {
  const lines = Object.entries(job).map(
    ([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(',\n')}\n  }`;
}

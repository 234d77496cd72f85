/** Text as one word of a POSIX shell. */
export function toShellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Where `npm start` puts the first token. */
const FIRST_TOKEN = '$(cat .understudy/admin-token)';

/** The curl line that submits a job and waits for its answer, with a token, or with the first one that there is. */
export function toSubmitCurl(origin: string, job: object, token: string | null = null): string {
  return [
    `curl -sS ${origin}/api/classifications`,
    `-H "Authorization: Bearer ${token ?? FIRST_TOKEN}"`,
    `-H 'Content-Type: application/json'`,
    `-H 'Prefer: wait=30'`,
    `-d ${toShellWord(toJsonLines(job))}`,
  ].join(' \\\n  ');
}

/** JSON with a line for each field of the outermost object. */
function toJsonLines(job: object): string {
  const lines = Object.entries(job).map(
    ([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(',\n')}\n  }`;
}

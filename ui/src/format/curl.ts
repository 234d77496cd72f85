/** Text as one word of a POSIX shell. */
export function toShellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The curl line that submits a job and waits for its answer; the token is read where `npm start` puts it. */
export function toSubmitCurl(origin: string, job: object): string {
  return [
    `curl -sS ${origin}/api/classifications`,
    `-H "Authorization: Bearer $(cat .understudy/admin-token)"`,
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

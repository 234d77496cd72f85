/** What schemathesis cannot read from the OpenAPI document, as its configuration; `known` are ids by path. */
export function toConfig(known: Readonly<Record<string, string>>): string {
  const operations = Object.entries(known).map(([path, id]) => {
    const [, parameter = 'id'] = /\{(\w+)\}/.exec(path) ?? [];
    const pattern = `^${path.replace(/[{}]/g, '\\$&')}`;
    return `[[operations]]\ninclude-path-regex = '${pattern}'\nparameters = { "path.${parameter}" = "${id}", "header.Prefer" = "wait=1" }\n`;
  });
  return [
    // A wait of up to 60 s is allowed; one second shows as much.
    '[parameters]\n"header.Prefer" = "wait=1"\n',
    // Whatever is too large for HTTP itself is refused, whether or not it fits its schema.
    `[checks.negative_data_rejection]\nexpected-statuses = [${REFUSALS.map((status) => `"${status}"`).join()}]\n`,
    ...operations,
  ].join('\n');
}

const REFUSALS = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 431];

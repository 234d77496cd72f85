/** The version of the service, as every package.json of it has it. */
export const VERSION = '0.1.0';

/** The time a page's mark may claim: that of its oldest part, and none before every part was read. */
export function toEarliest(...times: (Date | null)[]): Date | null {
  const known = times.filter((time) => time !== null);
  if (known.length < times.length || known.length === 0) return null;
  return known.reduce((earliest, time) => (time < earliest ? time : earliest));
}

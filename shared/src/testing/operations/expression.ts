import { parser } from '@prometheus-io/lezer-promql';

/** What an expression of Prometheus asks for. */
export interface Expression {
  /** Of each series that it selects, the metric and the labels that it selects by. */
  selected: { metric: string; labels: string[] }[];
  /** The labels that it groups and matches by. */
  grouped: string[];
}

type Cursor = ReturnType<ReturnType<typeof parser.parse>['cursor']>;

/** @throws where it is no expression */
export function parseExpression(text: string): Expression {
  const selected: Expression['selected'] = [];
  const grouped: string[] = [];
  const enter = ({ type, node, from, to }: Cursor) => {
    const word = text.slice(from, to);
    if (type.isError) throw new Error(`no expression: ${text.slice(0, from)}>>>${text.slice(from)}`);
    if (type.name === 'VectorSelector') selected.push({ metric: '', labels: [] });
    const last = selected.at(-1);
    if (type.name === 'Identifier' && last && node.parent?.name === 'VectorSelector') last.metric = word;
    if (type.name === 'LabelName' && node.parent?.name === 'GroupingLabels') grouped.push(word);
    else if (type.name === 'LabelName' && last) last.labels.push(word);
  };
  parser.parse(text).iterate({ enter: (node) => enter(node as unknown as Cursor) });
  return { selected, grouped };
}

import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { RefusedName, type ContextNames } from './context-names.ts';

/** Files to be written, by path from the project's root. */
export type Plan = ReadonlyMap<string, string>;

const template = path.join(import.meta.dirname, 'template');
const SUFFIX = '.tmpl';

/** A list that every context stands in: after which of its lines, the last that is like it, the new ones go. */
interface Entry {
  readonly file: string;
  readonly like: RegExp;
  readonly line: (names: ContextNames) => string;
}

/** A function that hears every context hears the new one's topic, too. */
const heardBy = (file: string, functionName: string): Entry => ({
  file,
  like: new RegExp(`^ {8}consumerGroupId: ${functionName}-[\\w-]+-consumer-group$`),
  line: ({ plural }) =>
    [
      '    - msk:',
      '        arn: ${param:mskClusterArn}',
      `        topic: business-events-${plural}`,
      `        consumerGroupId: ${functionName}-${plural}-consumer-group`,
    ].join('\n'),
});

const entries: readonly Entry[] = [
  {
    file: 'shared/define/topics.ts',
    like: /^ {2}\w+: \['[\w-]+', '[\w-]+-events', 'business\.[\w-]+'\],$/,
    line: ({ name, plural }) => `  ${name}: ['${plural}', '${name}-events', 'business.${plural}'],`,
  },
  {
    file: 'serverless.yml',
    like: /^ {2}- \$\{file\(functions\/\w+\/functions\.yml\)\}$/,
    line: ({ name }) => `  - \${file(functions/${name}/functions.yml)}`,
  },
  {
    file: 'functions/mesh/functions.yml',
    like: /^ {4}- stream: \{ <<: \*outbox, arn: \{ Fn::GetAtt: \[\w+EventsTable, StreamArn\] \} \}$/,
    line: ({ Name }) => `    - stream: { <<: *outbox, arn: { Fn::GetAtt: [${Name}EventsTable, StreamArn] } }`,
  },
  {
    file: 'functions/mesh/events.ts',
    like: /^import \* as \w+ from '\.\.\/\w+\/events\.ts';$/,
    line: ({ name }) => `import * as ${name} from '../${name}/events.ts';`,
  },
  {
    file: 'functions/mesh/events.ts',
    like: /^ {2}\w+,$/,
    line: ({ name }) => `  ${name},`,
  },
  heardBy('functions/notification/functions.yml', 'notification-fan-out-webhooks'),
  heardBy('functions/observability/functions.yml', 'observability-project-windows'),
  {
    file: 'local/scenarios/projections.ts',
    like: /^import \{ \w+ \} from '\.\.\/\.\.\/functions\/.*';$/,
    line: ({ name }) =>
      `import { ${name}Overview } from '../../functions/${name}/projections/${name}-overview.ts';`,
  },
  {
    file: 'local/scenarios/projections.ts',
    like: /^ {2}\w+,$/,
    line: ({ name }) => `  ${name}Overview,`,
  },
];

const filled = (text: string, names: ContextNames): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => {
    // Anything that is not one of the names is left for the compiler to find.
    return Object.hasOwn(names, key) ? names[key as keyof ContextNames] : whole;
  });

const withLine = (file: string, text: string, like: RegExp, line: string): string => {
  const lines = text.split('\n');
  const at = lines.findLastIndex((each) => like.test(each));
  if (at < 0) throw new Error(`${file} has no line like ${String(like)}: where does a context stand in it?`);
  return lines.toSpliced(at + 1, 0, line).join('\n');
};

/**
 * Everything that makes a context whole: its folder from `template/`, and its lines in the lists that name every
 * context. Nothing is written.
 * @throws RefusedName when its folder exists
 */
export const planContext = async (root: string, names: ContextNames): Promise<Plan> => {
  const folder = `functions/${names.name}`;
  if (existsSync(path.join(root, folder))) throw new RefusedName(`${folder}/ exists already`);
  const plan = new Map<string, string>();
  for await (const file of glob(`**/*${SUFFIX}`, { cwd: template })) {
    const target = path.join(folder, file.slice(0, -SUFFIX.length).replaceAll('context', names.name));
    plan.set(target, filled(await readFile(path.join(template, file), 'utf8'), names));
  }
  for (const { file, like, line } of entries) {
    const text = plan.get(file) ?? (await readFile(path.join(root, file), 'utf8'));
    plan.set(file, withLine(file, text, like, line(names)));
  }
  const formatted = [...plan].map(async ([file, text]): Promise<[string, string]> => {
    const filepath = path.join(root, file);
    return [file, await format(text, { ...(await resolveConfig(filepath)), filepath })];
  });
  return new Map(await Promise.all(formatted));
};

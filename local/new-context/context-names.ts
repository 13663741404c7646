import { contexts, findTopic, topicOf } from '../../shared/define/topics.ts';

/** What a new context's files call things. */
export interface ContextNames {
  /** `gift` */
  readonly name: string;
  /** `Gift` */
  readonly Name: string;
  /** `gifts`: names its routes and its topic. */
  readonly plural: string;
  readonly topic: string;
}

/** A name that no context can have: nothing was written. */
export class RefusedName extends Error {}

/** Names of the mesh's own owners and folders, and of what the template's files use themselves. */
const TAKEN = new Set([
  ...['mesh', 'platform', 'shared', 'ops', 'event', 'stage', 'service'],
  ...[
    'accepted',
    'api',
    'body',
    'closed',
    'command',
    'commands',
    'consume',
    'context',
    'definition',
    'doc',
    'events',
  ],
  ...[
    'expect',
    'fc',
    'given',
    'handler',
    'ids',
    'init',
    'it',
    'means',
    'once',
    'opened',
    'params',
    'projecting',
  ],
  ...[
    'projection',
    'reason',
    'run',
    'state',
    'status',
    'store',
    'streams',
    'title',
    'verdicts',
    'views',
    'when',
    'z',
  ],
]);

/** ECMAScript 2024, 12.7.2, with what strict mode and modules add. */
const RESERVED = new Set(
  (
    'arguments async await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for from function get if implements import in infinity instanceof interface let nan new ' +
    'null number object package private protected public return set static string super switch symbol this throw ' +
    'true try type typeof undefined var void while with yield constructor prototype'
  ).split(' '),
);

const MAX_LENGTH = 20;

const pluralOf = (name: string): string => {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
};

/**
 * The names of a new context.
 * @throws RefusedName saying why, and what would do
 */
export const namesOf = (name: string): ContextNames => {
  if (!/^[a-z]+$/.test(name))
    throw new RefusedName(
      `"${name}" is no context's name: it is one word in lower-case letters without hyphens, since a function belongs to the context that its name begins with, up to its first hyphen (gift-commands → gift)`,
    );
  if (name.length < 3 || name.length > MAX_LENGTH)
    throw new RefusedName(`"${name}" is no context's name: it has 3 to ${MAX_LENGTH} letters`);
  if (contexts.some((context) => context === name))
    throw new RefusedName(`"${name}" is a context already: functions/${name}/`);
  if (RESERVED.has(name))
    throw new RefusedName(`"${name}" is a word of the language, and cannot name a value`);
  if (TAKEN.has(name))
    throw new RefusedName(`"${name}" is taken: the mesh or every context uses it for something else`);
  const plural = pluralOf(name);
  for (const taken of [plural, `business-events-${plural}`, `${name}-events`, `business.${plural}`])
    if (findTopic(taken))
      throw new RefusedName(`"${name}" is too like another: the topic ${taken} exists already`);
  if (contexts.some((context) => topicOf(context) === `business-events-${name}` || context === plural))
    throw new RefusedName(`"${name}" is too like another context: a topic of that name exists already`);
  return {
    name,
    Name: name.charAt(0).toUpperCase() + name.slice(1),
    plural,
    topic: `business-events-${plural}`,
  };
};

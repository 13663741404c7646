import pMap from 'p-map';
import type { Perform } from '../consume/policy.ts';
import type { CommandContext, CommandHandler } from '../decide/command-handler.ts';
import { BusinessError } from '../errors/mesh-error.ts';
import type { Import } from './import.ts';
import type { Problem, Staged } from './import-events.ts';

interface Means<Fields> {
  readonly commands: Pick<CommandHandler, 'execute' | 'state'>;
  readonly imports: Import<Fields>;
  /** What a line is about: lines of one subject run one after the other. */
  readonly subjectOf: (fields: Fields) => string;
  /** Runs a line's command, under the id that the context has. */
  readonly apply: (fields: Fields, context: CommandContext) => Promise<unknown>;
}

const SUBJECTS_IN_PARALLEL = 8;
const MAX_REASON = 200;

/**
 * Works off a chunk of an import and records what came of it. Every line is a command of its own,
 * `import/<importId>/<line>`: a chunk that is run again after a crash repeats none. A line that the business refuses
 * is told of, and a chunk that was worked off is left alone; a technical failure fails the chunk, which is tried again and parked like any record.
 */
export const workingOff =
  <Fields>({ commands, imports, subjectOf, apply }: Means<Fields>): Perform<Staged<Fields>> =>
  async ({ importId, chunk, lines }, context) => {
    const { worked } = await commands.state(imports.aggregate, importId);
    if (worked.has(chunk)) return undefined;
    const refusalOf = async (line: number, fields: Fields): Promise<Problem[]> => {
      try {
        await apply(fields, { ...context, commandId: `import/${importId}/${line}` });
        return [];
      } catch (error) {
        if (!(error instanceof BusinessError)) throw error;
        return [{ line, reason: error.message.slice(0, MAX_REASON) }];
      }
    };
    const subjects = [...Map.groupBy(lines, ({ fields }) => subjectOf(fields)).values()];
    const refused = await pMap(
      subjects,
      async (ofSubject) => {
        const problems: Problem[] = [];
        for (const { line, fields } of ofSubject) problems.push(...(await refusalOf(line, fields)));
        return problems;
      },
      { concurrency: SUBJECTS_IN_PARALLEL },
    );
    const inOrder = refused.flat().sort((a, b) => a.line - b.line);
    const progress = { importId, chunk, applied: lines.length - inOrder.length, refused: inOrder };
    return commands.execute(imports.aggregate, importId, context, (state) =>
      imports.recordWorked(state, progress),
    );
  };

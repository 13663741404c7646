import { z } from 'zod';
import { accepted } from '../http/accepted.ts';
import type { Api } from '../http/api.ts';
import { fileNameSchema, MAX_FILE_BYTES } from './import-events.ts';
import type { stageImport } from './stage-import.ts';

const importBody = z.strictObject({
  fileName: fileNameSchema,
  csv: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= MAX_FILE_BYTES, `may hold ${MAX_FILE_BYTES} bytes`),
});

/** JSON writes a line break, a quote and a backslash as two characters. */
const MAX_BODY_BYTES = 2 * MAX_FILE_BYTES + 1_024;
/** The view has more of them. */
const REJECTED_SHOWN = 100;

/** The route by which files of a kind come in: answers with the import's id and the lines that are not well-formed. */
export const importRoute = (
  api: Api,
  path: `/${string}`,
  stage: ReturnType<typeof stageImport<never>>,
): void => {
  api.command(
    'post',
    path,
    importBody,
    async ({ body, context }) => {
      const { importId, events, lines, rejected } = await stage(body, context);
      return {
        ...accepted({ importId }, { events }),
        lines,
        rejected: { count: rejected.length, first: rejected.slice(0, REJECTED_SHOWN) },
      };
    },
    { maxBodyBytes: MAX_BODY_BYTES },
  );
};

import { MeshError } from './mesh-error.ts';

/** Long enough for a person; what breaks a schema in a thousand places must still fit where it is kept. */
const MAX_CHARACTERS = 4_000;

/** What is kept of a thrown value when it outlives its process. */
export const causeOf = (error: unknown): { name: string; code: string; message: string; stack: string } => {
  if (!(error instanceof Error))
    return { name: 'Unknown', code: 'unknown', message: String(error).slice(0, MAX_CHARACTERS), stack: '' };
  return {
    name: error.name,
    code: error instanceof MeshError ? error.code : error.name,
    message: error.message.slice(0, MAX_CHARACTERS),
    stack: (error.stack ?? '').slice(0, MAX_CHARACTERS),
  };
};

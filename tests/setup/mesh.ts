import type { TestProject } from 'vitest/node';
import { startMesh } from '../../local/mesh.ts';
import type { Endpoints } from '../../local/mesh/endpoints.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The content of endpoints.json. */
    mesh: Endpoints;
  }
}

/** Starts a mesh instance of its own once for all end-to-end tests; it may run beside `npm start`. */
export default async function startTestMesh(project: TestProject): Promise<() => Promise<void>> {
  const mesh = await startMesh({
    instance: 'test',
    onProgress: ({ name, state }) => {
      if (state !== 'start') console.log(`${state === 'done' ? '✓' : '✗'} ${name}`);
    },
    onRestart: (what) => {
      console.error(`! ${what}`);
    },
    onCrash: (error) => {
      console.error(`\n${error.message}\n`);
    },
  });
  project.provide('mesh', mesh.endpoints);
  return mesh.stop;
}

import './lambda-environment.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { search, type SearchOptions } from './search.ts';

/** A thread for one search: it has the time of its worlds in hand, which no two searches can share. */
if (!parentPort) throw new Error('search-worker.ts runs as a worker thread');
// What explore.ts passes on.
parentPort.postMessage(await search(workerData as SearchOptions));

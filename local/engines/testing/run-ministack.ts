/**
 * A parent to be killed: starts ministack in the folder given, prints `{ pid, endpoint }` and stays.
 */
import { startMinistack } from '../ministack.ts';

const [folder = ''] = process.argv.slice(2);
const ministack = await startMinistack({ folder });
console.log(JSON.stringify({ pid: ministack.pid(), endpoint: ministack.endpoint }));

import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { submissions } from '../projections/submissions.ts';

export const handler = consume(projecting(submissions, views()), means());

import { NotFoundError, ParameterValidationError } from '@aws-lambda-powertools/event-handler/http';
import { declaredClass } from '../errors/classify.ts';
import { BusinessError, SchemaViolation } from '../errors/mesh-error.ts';
import { HttpProblem, problem, type Problem } from './problem.ts';

/** Powertools' idempotency errors by name: the HTTP edge need not load the package to tell them apart. */
const byName: Readonly<Record<string, Problem>> = {
  IdempotencyValidationError: problem(
    422,
    'idempotency-key-reused',
    'this Idempotency-Key was used for a request with another body',
    [{ path: 'Idempotency-Key', message: 'must be new for a new request' }],
  ),
  IdempotencyAlreadyInProgressError: problem(
    409,
    'request-in-progress',
    'a request with this Idempotency-Key is still being worked on; ask again shortly',
  ),
};

/** An id that is only blanks, and a path that is no URL: the router finds them before any route of ours does. */
const ofPath = (error: unknown): Problem | undefined => {
  if (error instanceof ParameterValidationError) {
    const names = error.issues.flatMap((issue) => /'(\w+)'/.exec(issue)?.[1] ?? []);
    const issues = names.map((path) => ({ path, message: 'must not be blank' }));
    return problem(400, 'schema-violation', `path: ${names.join(', ')} must not be blank`, issues);
  }
  return error instanceof URIError
    ? problem(400, 'malformed-path', 'the path has a % that begins no encoded character')
    : undefined;
};

/** What a caller is told of an error. Only what was meant for callers is told; the log has the rest. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof HttpProblem) return error.problem;
  if (error instanceof SchemaViolation) return problem(400, error.code, error.message, error.issues);
  if (error instanceof BusinessError)
    return problem(error.kind === 'not-found' ? 404 : 409, error.code, error.message);
  if (error instanceof NotFoundError) return problem(404, 'no-such-route', 'nothing answers to this path');
  const path = ofPath(error);
  if (path) return path;
  const named = error instanceof Error && Object.hasOwn(byName, error.name) ? byName[error.name] : undefined;
  if (named) return named;
  return declaredClass(error) === 'transient'
    ? problem(503, 'try-again', 'a dependency is not available right now; the same request may be sent again')
    : problem(500, 'internal-error', 'the request failed on our side; the same request may be sent again');
};

import { Router } from '@aws-lambda-powertools/event-handler/http';
import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import { z } from 'zod';
import type { CommandContext } from '../decide/command-handler.ts';
import { systemClock } from '../define/clock.ts';
import { parse } from '../define/parse.ts';
import { BusinessError } from '../errors/mesh-error.ts';
import { currentTraceId, logger, observed, withTrace } from '../observe/telemetry.ts';
import type { Json, Once } from '../once/once.ts';
import { shallow } from './nesting.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { problemOf } from './problem-of.ts';

type Path = `/${string}`;
type Params = Readonly<Record<string, string>>;

/** A command as it comes in over HTTP, checked. */
export interface CommandRequest<Body> {
  readonly params: Params;
  readonly body: Body;
  /** `commandId` is made of caller and Idempotency-Key, so a repeated request is a repeated command. */
  readonly context: CommandContext;
}

export interface QueryRequest<Query> {
  readonly params: Params;
  readonly query: Query;
}

/** A route as docs/openapi.json describes it: schemas as they stand, of which nothing is made at run time. */
export interface Operation {
  readonly method: string;
  /** As functions.yml has it: `/orders/{orderId}`. */
  readonly path: string;
  /** A webhook is a command whose signature says who sends it and what it is called. */
  readonly kind: 'command' | 'query' | 'webhook';
  /** What a command's body, or a query's parameters, are checked against. */
  readonly input: z.ZodType;
}

export interface HttpHandler {
  (
    event: APIGatewayProxyEventV2WithJWTAuthorizer,
    context: Context,
  ): Promise<APIGatewayProxyStructuredResultV2>;
  /** `POST /orders/{orderId}`: what `functions.yml` must route here (tests/contract/wiring.spec.ts). */
  readonly routes: readonly string[];
  readonly operations: readonly Operation[];
}

export interface Api {
  /** A route that takes a command: needs an Idempotency-Key, answers 202 with what was written. */
  command<Body>(
    method: 'post' | 'put' | 'delete',
    path: Path,
    body: z.ZodType<Body>,
    run: (request: CommandRequest<Body>) => Promise<Json>,
  ): void;
  /** A route that answers a query: 200, or 404 where `run` finds nothing. */
  query<Query>(
    path: Path,
    query: z.ZodType<Query>,
    run: (request: QueryRequest<Query>) => Promise<unknown>,
  ): void;
  readonly handler: HttpHandler;
}

const MAX_BODY_BYTES = 64 * 1024;
const idempotencyKey = z
  .string({ error: 'is required: a unique text of 1 to 100 printable characters for each new request' })
  .regex(/^[\x21-\x7e]{1,100}$/, 'must be 1 to 100 printable ASCII characters without spaces');
/** Longer than any id: a table would refuse it as a key (DynamoDB takes 1 024 bytes of sort key). */
const pathParameters = z.record(z.string(), z.string().max(200, 'must be at most 200 characters'));
const correlationHeader = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** An empty body, for commands that need none. */
export const noBody = z.strictObject({});

/** Query parameters of a list: `limit` 1 to 100 (20 unless told), `after` from the page before. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().max(250).optional(),
});

/**
 * The HTTP edge of a context: routes on Powertools' Router, every error as problem+json.
 * @param once remembers answered commands; an API without commands needs none
 */
export const httpApi = (once?: Once): Api => {
  const router = new Router({ logger });
  const routes: string[] = [];
  const operations: Operation[] = [];
  const declare = (method: string, path: Path, kind: Operation['kind'], input: z.ZodType): void => {
    const operation = { method: method.toUpperCase(), path: path.replaceAll(/:(\w+)/g, '{$1}'), kind, input };
    routes.push(`${operation.method} ${operation.path}`);
    operations.push(operation);
  };
  const trace = (event: APIGatewayProxyEventV2WithJWTAuthorizer) => ({
    correlationId: correlationHeader.safeParse(event.headers['x-correlation-id']).data ?? systemClock.newId(),
    causationId: event.requestContext.requestId,
    traceId: currentTraceId(),
  });
  let current: ReturnType<typeof trace> = { correlationId: '', causationId: '', traceId: '' };

  router.errorHandler(Error, async (error) => {
    const body = problemOf(error);
    if (body.status >= 500) logger.error('request failed', { error });
    else logger.info('request refused', { status: body.status, code: body.code, detail: body.detail });
    return problemResponse(body, current.correlationId);
  });
  router.notFound(async (error) => problemResponse(problemOf(error), current.correlationId));

  return {
    command: (method, path, schema, run) => {
      if (!once) throw new Error(`${path}: commands need somewhere to remember their answers`);
      declare(method, path, 'command', schema);
      router[method](path, async ({ req, params, event }) => {
        const key = parse(
          z.object({ 'Idempotency-Key': idempotencyKey }),
          { 'Idempotency-Key': req.headers.get('idempotency-key') ?? undefined },
          'header',
        )['Idempotency-Key'];
        parse(pathParameters, params, 'path');
        // This API is only ever called by a gateway with a JWT authorizer (functions.yml).
        const request = event as APIGatewayProxyEventV2WithJWTAuthorizer;
        const body = parse(schema, await jsonBody(req, request.headers['content-type']), 'body');
        const { userId, sessionId } = callerOf(request);
        const commandId = `${userId}/${key}`;
        const context: CommandContext = { ...current, commandId, causationId: commandId, userId, sessionId };
        // The same command on another path is another request: both path and body make the fingerprint.
        const fingerprint = JSON.stringify([method, new URL(req.url).pathname, body]);
        const answer = await once.run(commandId, fingerprint, () => run({ params, body, context }));
        return Response.json(answer, { status: 202, headers: { 'x-correlation-id': current.correlationId } });
      });
    },
    query: (path, schema, run) => {
      declare('get', path, 'query', schema);
      router.get(path, async ({ req, params }) => {
        parse(pathParameters, params, 'path');
        const query = parse(schema, Object.fromEntries(new URL(req.url).searchParams), 'query');
        const found = await run({ params, query });
        if (found === undefined)
          throw new BusinessError(
            'not-found',
            `nothing is known of ${new URL(req.url).pathname}`,
            'not-found',
          );
        return Response.json(found, { headers: { 'x-correlation-id': current.correlationId } });
      });
    },
    handler: Object.assign(
      observed(async (event: APIGatewayProxyEventV2WithJWTAuthorizer, context: Context) => {
        once?.forInvocation(context);
        current = trace(event);
        return withTrace(current, () => router.resolve(event, context));
      }),
      { routes, operations },
    ),
  };
};

/** Who calls, by the token that the gateway's JWT authorizer has checked. */
const callerOf = ({ requestContext, headers }: APIGatewayProxyEventV2WithJWTAuthorizer) => {
  const { sub } = requestContext.authorizer.jwt.claims;
  return { userId: String(sub), sessionId: headers['x-session-id']?.slice(0, 200) };
};

/** @param type as the caller sent it: a `Request` makes one up where there is none */
const jsonBody = async (req: Request, type: string | undefined): Promise<unknown> => {
  const text = await req.text();
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) {
    throw new HttpProblem(413, 'body-too-large', `the body may hold ${MAX_BODY_BYTES} bytes`);
  }
  if (text === '') return {};
  if (type !== undefined && !/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new HttpProblem(415, 'not-json', `the body must be application/json, not ${type}`, [
      { path: 'content-type', message: 'must be application/json' },
    ]);
  }
  try {
    return shallow(JSON.parse(text));
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem(
      400,
      'malformed-json',
      `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      [{ path: '', message: 'must be JSON' }],
    );
  }
};

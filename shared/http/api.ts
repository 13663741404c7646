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
import { jsonOf, textOf } from './json-body.ts';
import { problemResponse } from './problem.ts';
import { problemOf } from './problem-of.ts';
import { verify } from './webhook-signature.ts';

type Path = `/${string}`;
type Params = Readonly<Record<string, string>>;

/** A command as it comes in over HTTP, checked. */
export interface CommandRequest<Body> {
  readonly params: Params;
  readonly body: Body;
  /**
   * `commandId` is made of caller, Idempotency-Key and operation, so a repeated request is a repeated command, and a key
   * that is used again for another one is not taken for it when its answer is long forgotten.
   */
  readonly context: CommandContext;
}

export interface QueryRequest<Query> {
  readonly params: Params;
  readonly query: Query;
}

/** Who sends webhooks, and what proves it. */
export interface WebhookSource {
  /** Such as `carrier`: the events that its webhooks lead to name `webhook:carrier` as their user. */
  readonly name: string;
  /** Every secret that is valid, in the form of Standard Webhooks: two while the source changes from one to another. */
  readonly secrets: readonly string[];
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
  /** The same, with what each takes. A webhook's signature says who sends it: no authorizer may stand before it. */
  readonly operations: readonly Operation[];
}

interface CommandOptions<Answer> {
  /** Unless told, 64 KiB. */
  readonly maxBodyBytes?: number;
  /**
   * Completes an answer with what must not be kept with it, such as a secret. Also that of a repeated request: it
   * follows from the answer alone.
   */
  readonly complete?: (answer: Answer) => Json;
}

export interface Api {
  /** A route that takes a command: needs an Idempotency-Key, answers 202 with what was written. */
  command<Body, Answer extends Json>(
    method: 'post' | 'put' | 'delete',
    path: Path,
    body: z.ZodType<Body>,
    run: (request: CommandRequest<Body>) => Promise<Answer>,
    options?: CommandOptions<Answer>,
  ): void;
  /**
   * A route that takes webhooks: the signature is checked before anything of the body is read (Standard Webhooks).
   * Answers 202. The webhook's id is its command's: sent again, it answers the same and changes nothing.
   */
  webhook<Body>(
    path: Path,
    source: WebhookSource,
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

/** Who sends a request, what they call it, and what it asks for. */
interface Sender {
  readonly userId: string;
  readonly sessionId?: string | undefined;
  readonly name: string;
  readonly operation: string;
}

const requestName = z
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
  after: z.string().min(1).max(250).optional(),
});

/**
 * The HTTP edge of a context: routes on Powertools' Router, every error as problem+json.
 * @param once remembers answered commands; an API without commands needs none
 */
export const httpApi = (once?: Once): Api => {
  const router = new Router({ logger });
  const routes: string[] = [];
  const operations: Operation[] = [];
  /** @returns what the operation is called: `POST /orders/{orderId}` */
  const declare = (method: string, path: Path, kind: Operation['kind'], input: z.ZodType): string => {
    const operation = { method: method.toUpperCase(), path: path.replaceAll(/:(\w+)/g, '{$1}'), kind, input };
    const name = `${operation.method} ${operation.path}`;
    routes.push(name);
    operations.push(operation);
    return name;
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

  /** Runs a command once, whoever sends it: repeated under its name it answers what it answered. */
  const takeOnce = async <Body, Answer extends Json>(
    req: Request,
    body: Body,
    params: Params,
    { userId, sessionId, name, operation }: Sender,
    run: (request: CommandRequest<Body>) => Promise<Answer>,
  ): Promise<Answer> => {
    const request = `${userId}/${name}`;
    const commandId = `${request} ${operation}`;
    const context: CommandContext = { ...current, commandId, causationId: request, userId, sessionId };
    // The same command on another path is another request: both path and body make the fingerprint.
    const fingerprint = JSON.stringify([req.method.toLowerCase(), new URL(req.url).pathname, body]);
    return remembered().run(request, fingerprint, () => run({ params, body, context }));
  };
  const acceptance = (answer: Json): Response =>
    Response.json(answer, { status: 202, headers: { 'x-correlation-id': current.correlationId } });
  const remembered = (): Once => {
    if (!once) throw new Error('commands and webhooks need somewhere to remember their answers');
    return once;
  };

  return {
    command: (method, path, schema, run, { maxBodyBytes, complete } = {}) => {
      remembered();
      const operation = declare(method, path, 'command', schema);
      router[method](path, async ({ req, params, event }) => {
        const name = nameIn(req, 'Idempotency-Key');
        parse(pathParameters, params, 'path');
        // This API is only ever called by a gateway with a JWT authorizer (functions.yml).
        const request = event as APIGatewayProxyEventV2WithJWTAuthorizer;
        const json = jsonOf(await textOf(req, maxBodyBytes), request.headers['content-type']);
        const body = parse(schema, json, 'body');
        const answer = await takeOnce(req, body, params, { ...callerOf(request), name, operation }, run);
        return acceptance(complete ? complete(answer) : answer);
      });
    },
    webhook: (path, { name: source, secrets }, schema, run) => {
      remembered();
      const operation = declare('post', path, 'webhook', schema);
      router.post(path, async ({ req, params }) => {
        const text = await textOf(req);
        verify(secrets, Object.fromEntries(req.headers), text);
        const name = nameIn(req, 'webhook-id');
        const body = parse(schema, jsonOf(text), 'body');
        const sender = { userId: `webhook:${source}`, name, operation };
        return acceptance(await takeOnce(req, body, params, sender, run));
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
        const rawPath = withBlankEnd(event.rawPath);
        return withTrace(current, () => router.resolve({ ...event, rawPath }, context));
      }),
      { routes, operations },
    ),
  };
};

/** A path whose end is blank, as it came: a URL would lose that end, and another route would answer. */
const withBlankEnd = (rawPath: string): string => rawPath.replace(/[\s\p{Cc}]+$/u, encodeURIComponent);

/** Who calls, by the token that the gateway's JWT authorizer has checked. */
const callerOf = ({ requestContext, headers }: APIGatewayProxyEventV2WithJWTAuthorizer) => {
  const { sub } = requestContext.authorizer.jwt.claims;
  return { userId: String(sub), sessionId: headers['x-session-id']?.slice(0, 200) };
};

/** What a request is called by whoever sends it: the header that makes a repeated one a repeated command. */
const nameIn = (req: Request, header: 'Idempotency-Key' | 'webhook-id'): string => {
  const fields = { [header]: req.headers.get(header) ?? undefined };
  return parse(z.record(z.string(), requestName), fields, 'header')[header] ?? '';
};

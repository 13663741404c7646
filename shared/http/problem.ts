import type { Issue } from '../errors/mesh-error.ts';

/** An error answer as RFC 9457 has it, with a stable `code`, the failing fields and the correlation id. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly Issue[];
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export const problem = (
  status: number,
  code: string,
  detail: string,
  errors?: readonly Issue[],
): Problem => ({
  status,
  code,
  title: TITLES[status] ?? 'Error',
  detail,
  ...(errors && { errors }),
});

/** @throws nothing: makes the answer of a problem (`application/problem+json`). */
export const problemResponse = (body: Problem, correlationId: string): Response =>
  Response.json(
    { type: 'about:blank', ...body, correlationId },
    {
      status: body.status,
      headers: {
        'content-type': 'application/problem+json',
        'x-correlation-id': correlationId,
        ...(body.status === 503 && { 'retry-after': '1' }),
      },
    },
  );

/** Thrown by the HTTP edge itself, where no error of the kernel says it already. */
export class HttpProblem extends Error {
  readonly problem: Problem;

  constructor(...args: Parameters<typeof problem>) {
    super(args[2]);
    this.name = 'HttpProblem';
    this.problem = problem(...args);
  }
}

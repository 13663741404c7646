/**
 * How the mesh treats a failure (CON-05…08): `transient` is retried, `permanent` is parked at once,
 * `business` is an answer and never retried.
 */
export type ErrorClass = 'transient' | 'permanent' | 'business';

/** Base of every error the mesh raises itself: a stable `code` and the class that decides what happens next. */
export abstract class MeshError extends Error {
  abstract readonly errorClass: ErrorClass;
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Worth trying again: a dependency is down, slow or throttling, or another writer won. */
export class TransientError extends MeshError {
  readonly errorClass = 'transient';
}

/**
 * A dependency is known to be down (an open circuit, CON-12): trying again now is no use, and says nothing about
 * what was to be done. Records that meet it come again later and spend none of their retries.
 */
export class UnavailableError extends TransientError {
  /** Before this moment another try is refused like this one; the epoch where nobody can tell. */
  readonly retryAt: Date;

  constructor(code: string, message: string, retryAt = new Date(0), options?: ErrorOptions) {
    super(code, message, options);
    this.retryAt = retryAt;
  }
}

/** No retry can help: undecodable bytes, a schema violation, a bug marked so. */
export class PermanentError extends MeshError {
  readonly errorClass = 'permanent';
}

/** A rule of the business says no. The answer is final and is data, not a fault. */
export class BusinessError extends MeshError {
  readonly errorClass = 'business';
  readonly kind: 'rule' | 'not-found';

  constructor(code: string, message: string, kind: 'rule' | 'not-found' = 'rule') {
    super(code, message);
    this.kind = kind;
  }
}

/** One field of an input that breaks its schema. `path` is a dotted path, `message` says what is expected. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** Input that does not have the form its contract asks for. */
export class SchemaViolation extends PermanentError {
  readonly issues: readonly Issue[];

  constructor(what: string, issues: readonly Issue[]) {
    super(
      'schema-violation',
      `${what}: ${issues.map((i) => `${i.path || '(root)'} ${i.message}`).join('; ')}`,
    );
    this.issues = issues;
  }
}

import { MeshError, type ErrorClass } from './mesh-error.ts';

/**
 * Names of errors we do not raise ourselves and whose class is known (CON-05). The names of the source
 * documents stand first, then those of the AWS SDK and of JavaScript.
 */
const declared: Readonly<Record<string, ErrorClass>> = {
  ConnectionTimeout: 'transient',
  ServiceUnavailable: 'transient',
  SchemaValidationError: 'permanent',
  MalformedData: 'permanent',
  InvalidOrder: 'business',
  InsufficientInventory: 'business',
  ProvisionedThroughputExceededException: 'transient',
  ThrottlingException: 'transient',
  TimeoutError: 'transient',
  ResourceNotFoundException: 'transient',
  AccessDeniedException: 'transient',
};

/** The class of an error that somebody declared; undefined for the others. */
export const declaredClass = (error: unknown): ErrorClass | undefined => {
  if (error instanceof MeshError) return error.errorClass;
  return error instanceof Error && Object.hasOwn(declared, error.name) ? declared[error.name] : undefined;
};

/**
 * The class of any thrown value. What nobody declared counts as transient: retrying a permanent failure
 * costs time, parking a transient one costs a person.
 */
export const classify = (error: unknown): ErrorClass => declaredClass(error) ?? 'transient';

import { shallow } from './nesting.ts';
import { HttpProblem } from './problem.ts';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * A request's body as it came.
 * @throws HttpProblem 413 over `maxBytes`, 64 KiB unless told
 */
export const textOf = async (req: Request, maxBytes = MAX_BODY_BYTES): Promise<string> => {
  const text = await req.text();
  if (Buffer.byteLength(text) > maxBytes) {
    throw new HttpProblem(413, 'body-too-large', `the body may hold ${maxBytes} bytes`);
  }
  return text;
};

/**
 * What a body says; an empty one says `{}`.
 * @param type as the caller sent it, where it matters: a `Request` makes one up where there is none
 * @throws HttpProblem 415 for another media type than JSON, 400 for what is no JSON, or nested too deep
 */
export const jsonOf = (text: string, type?: string): unknown => {
  if (text === '') return {};
  if (type !== undefined && !/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new HttpProblem(415, 'not-json', `the body must be application/json, not ${type}`, [
      { path: 'content-type', message: 'must be application/json' },
    ]);
  }
  return shallow(parsed(text));
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not what V8 says of it: that quotes the body, which may hold an address, and this goes to the log.
    throw new HttpProblem(400, 'malformed-json', 'the body is not JSON', [
      { path: '', message: 'must be JSON' },
    ]);
  }
};

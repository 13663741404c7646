import path from 'node:path';
import ts from 'typescript';
import type { JsonSchema } from './json-schema.ts';
import type { MeshFunction } from './load-functions.ts';
import { schemaOfType } from './schema-of-type.ts';

const root = path.resolve(import.meta.dirname, '../..');

const programOf = (files: readonly string[]): ts.Program => {
  const file = path.join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { readonly config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);
  return ts.createProgram({ rootNames: files.map((name) => path.join(root, name)), options });
};

/** `api.query('/orders/:orderId', schema, run)` → its path and `run`. */
const queryIn = (node: ts.Node): [string, ts.Expression] | undefined => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const [route, , run] = node.arguments;
  return node.expression.name.text === 'query' && route && run && ts.isStringLiteral(route)
    ? [route.text.replaceAll(/:(\w+)/g, '{$1}'), run]
    : undefined;
};

/**
 * What every query answers with, by its path: the type that its handler returns, as JSON Schema. Views are folded by
 * our own code and have no schema at run time; their types are what is known of them.
 */
export const loadAnswers = (functions: readonly MeshFunction[]): ReadonlyMap<string, JsonSchema> => {
  const program = programOf(
    functions.filter(({ routes }) => routes.some(({ method }) => method === 'GET')).map(({ file }) => file),
  );
  const checker = program.getTypeChecker();
  const answers = new Map<string, JsonSchema>();
  const visit = (node: ts.Node): void => {
    const [route, run] = queryIn(node) ?? [];
    const returned = run && checker.getTypeAtLocation(run).getCallSignatures()[0]?.getReturnType();
    const answer = returned && checker.getAwaitedType(returned);
    if (route !== undefined && answer) answers.set(route, schemaOfType(checker, answer));
    ts.forEachChild(node, visit);
  };
  const ours = path.join(root, 'functions');
  for (const source of program.getSourceFiles()) if (source.fileName.startsWith(ours)) visit(source);
  return answers;
};

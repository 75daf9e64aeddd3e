/**
 * The default export of a CommonJS package. Bundlers hand over the export itself, Node the whole module around it.
 */
export function defaultExport<T>(imported: T | { default: T }): T {
  return typeof imported === 'object' && imported !== null && 'default' in imported
    ? imported.default
    : imported;
}

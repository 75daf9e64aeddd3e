/** A template and its values do not fit; names the placeholder. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The names of a text's placeholders, in order, each once. */
export function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))];
}

/**
 * Fills `{{name}}` placeholders strictly (REP-4): a placeholder without a value, an empty value, and a value that no
 * placeholder uses are errors, so that a report never loses a fact in silence. Values are inserted as they are.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const filled = template.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TemplateError(`the template asks for {{${name}}}, which is not known`);
    if (value.trim() === '') throw new TemplateError(`{{${name}}} would be empty`);
    used.add(name);
    return value;
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TemplateError(`the template lacks {{${unused.join('}}, {{')}}}`);
  return filled;
}

/** A service sent us to another place: what we say, with its keys, is for nobody else. */
export class RedirectRefused extends Error {
  override readonly name = 'RedirectRefused';
}

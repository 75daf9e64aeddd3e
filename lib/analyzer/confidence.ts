// Lanczos approximation, g = 7, n = 9: relative error below 1e-14 for positive arguments.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  const sum = LANCZOS.reduce((acc, c, i) => (i === 0 ? c : acc + c / (z + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Continued fraction of the incomplete beta function (Numerical Recipes §6.4, modified Lentz). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const keep = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / keep(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  // Convergence takes O(√max(a, b)) rounds.
  const rounds = 200 + 10 * Math.ceil(Math.sqrt(Math.max(a, b)));
  for (let m = 1; m <= rounds; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** Regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function inverseBeta(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 80 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X ≤ k) for X binomial with `trials` trials of probability `p`. */
export function binomialCdf(k: number, trials: number, p: number): number {
  if (k < 0) return 0;
  if (k >= trials) return 1;
  return incompleteBeta(1 - p, trials - k, k + 1);
}

export type Bounds = { low: number; high: number };

/**
 * Exact binomial (Clopper-Pearson) bounds of a rate; each is one-sided at `confidence`.
 * Units: ratios 0..1 out. Errors: RangeError unless 0 ≤ hits ≤ trials and trials > 0.
 * Source: Clopper & Pearson 1934; policy's `judge: bound` (issue 2).
 */
export function binomialBounds(hits: number, trials: number, confidence: number): Bounds {
  if (!(trials > 0 && hits >= 0 && hits <= trials)) throw new RangeError(`${hits} of ${trials}`);
  const alpha = 1 - confidence;
  return {
    low: hits === 0 ? 0 : inverseBeta(alpha, hits, trials - hits + 1),
    high: hits === trials ? 1 : inverseBeta(1 - alpha, hits + 1, trials - hits),
  };
}

/**
 * Ranks (from 1, ascending) of the order statistics that bound the `q` quantile of `trials` values from below and
 * from above, each one-sided at `confidence`; null where no value is extreme enough to be proof.
 */
export function quantileBoundRanks(
  trials: number,
  q: number,
  confidence: number,
): { low: number | null; high: number | null } {
  // P(X_(r) ≤ quantile) = P(Bin ≥ r); P(X_(r) ≥ quantile) = P(Bin ≤ r − 1), Bin ~ Binomial(trials, q).
  const firstRank = (holds: (rank: number) => boolean): number => {
    let low = 1;
    let high = trials + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const high = firstRank((rank) => binomialCdf(rank - 1, trials, q) >= confidence);
  const low = firstRank((rank) => 1 - binomialCdf(rank - 1, trials, q) < confidence) - 1;
  return { low: low >= 1 ? low : null, high: high <= trials ? high : null };
}

/**
 * How strongly `hits` of `trials` speak for a rate above `ratio`, as a test that stays valid however often one looks
 * while they come in: while the true rate is `ratio` or less, the chance that this ever reaches 1/α is at most α.
 * Units: a likelihood ratio, 1 says nothing. Errors: RangeError unless 0 ≤ hits ≤ trials and 0 ≤ ratio ≤ 1.
 * Source: Ville's inequality for the mixture of likelihood ratios over every rate above `ratio`, evenly weighted
 * (Robbins 1970, "Statistical methods related to the law of the iterated logarithm").
 */
export function evidenceAbove(hits: number, trials: number, ratio: number): number {
  if (!(hits >= 0 && hits <= trials && ratio >= 0 && ratio <= 1))
    throw new RangeError(`${hits} of ${trials}`);
  if (ratio === 1) return 0;
  if (ratio === 0) return hits > 0 ? Number.POSITIVE_INFINITY : 1 / (trials + 1);
  const misses = trials - hits;
  const logBeta = logGamma(hits + 1) + logGamma(misses + 1) - logGamma(trials + 2);
  const share = binomialCdf(hits, trials + 1, ratio); // of the mixture that lies above `ratio`
  return Math.exp(
    logBeta + Math.log(share) - Math.log(1 - ratio) - hits * Math.log(ratio) - misses * Math.log(1 - ratio),
  );
}

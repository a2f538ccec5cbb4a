// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.lm.LevenbergMarquardt;
import dev.unspool.lm.StopRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a model is fitted by Levenberg-Marquardt.
 *
 * @param method of fitting
 * @param search where fits begin
 * @param limit what ends one
 * @param rule how far an iteration goes
 * @param k2 depth of the derivatives; 0: not truncated
 * @param warmUp of a network: rows at the beginning of the training part that do not count; null of
 *     a NARX model, which says itself how it runs
 */
public record FittingConfig(
    FitMethod method, Search search, Limit limit, Rule rule, int k2, @Nullable Integer warmUp) {

  /**
   * Where fits begin.
   *
   * @param starts number of first points
   * @param startIterations iterations of each start before the best one goes on
   * @param seed of the first points
   */
  public record Search(int starts, int startIterations, long seed) {
    private static final int MOST_STARTS = 100_000;

    /** Checks the ranges. */
    public Search {
      UsageException.require(starts >= 1, "--starts must be at least 1, found " + starts);
      UsageException.require(
          starts <= MOST_STARTS,
          "--starts must be at most %s, found %s".formatted(MOST_STARTS, starts));
      UsageException.require(
          startIterations >= 1, "--start-iterations must be at least 1, found " + startIterations);
    }
  }

  /**
   * What ends a fit.
   *
   * @param iterations the most iterations of the fit that goes on from the best start
   * @param patience iterations without a better error on the validation part; 0: any number
   * @param maxMinutes so many minutes; 0: no limit
   */
  public record Limit(int iterations, int patience, double maxMinutes) {
    /** Checks the ranges. */
    public Limit {
      UsageException.require(
          iterations >= 1, "--iterations must be at least 1, found " + iterations);
      UsageException.require(patience >= 0, "--patience must not be negative, found " + patience);
      UsageException.require(
          maxMinutes >= 0, "--max-minutes must not be negative, found " + maxMinutes);
    }
  }

  /**
   * How far an iteration goes.
   *
   * @param damping rule for λ
   * @param geodesic whether steps are bent
   * @param scaleMemory what of the scales of parameters is left an iteration later; null: all of it
   */
  public record Rule(DampingRule damping, boolean geodesic, @Nullable Double scaleMemory) {
    /** Checks the ranges. */
    public Rule {
      UsageException.require(
          scaleMemory == null || (scaleMemory >= 0 && scaleMemory <= 1),
          "--scale-memory must be in [0, 1], found " + scaleMemory);
    }
  }

  /** In minutes; what a duration can hold in nanoseconds is not much more. */
  private static final double A_LIFETIME = 5e7;

  /** Checks the ranges. */
  public FittingConfig {
    UsageException.require(k2 >= 0, "--k2 must be at least 1, or 0 for no truncation, found " + k2);
    NarxConfig.requireWarmUp(rowsOfWarmUp(warmUp));
  }

  private static int rowsOfWarmUp(@Nullable Integer rows) {
    return rows == null ? 0 : rows;
  }

  /** Rows at the beginning of the training part of a network that do not count. */
  public int settling() {
    return rowsOfWarmUp(warmUp);
  }

  /** In a few words, what does not depend on the model. */
  public String describe() {
    return "%s%s%s%s, %s, seed %s"
        .formatted(
            Labels.of(method),
            k2 == 0 ? "" : ", k2 " + k2,
            settling() == 0 ? "" : ", warm-up " + Numbers.count(settling(), "row"),
            rule.scaleMemory() == null ? "" : ", scale memory " + rule.scaleMemory(),
            Numbers.count(search.starts(), "start"),
            search.seed());
  }

  /** The same with other limits. */
  public FittingConfig withLimits(int longest, double minutes) {
    var changed = new Limit(limit.iterations(), longest, minutes);
    return new FittingConfig(method, search, changed, rule, k2, warmUp);
  }

  /** The method, for so many iterations. */
  public LevenbergMarquardt method(int count) {
    double asked = limit.maxMinutes();
    double minutes = asked > 0 ? Math.min(asked, A_LIFETIME) : A_LIFETIME;
    StopRules rules =
        StopRules.iterations(count)
            .withTime(Duration.ofMillis(Math.max(1, Math.round(60_000 * minutes))));
    LevenbergMarquardt fitting = LevenbergMarquardt.with(rules).with(rule.damping().damping());
    if (rule.scaleMemory() != null) {
      fitting = fitting.withScaleMemory(rule.scaleMemory());
    }
    return rule.geodesic() ? fitting.withGeodesicAcceleration() : fitting;
  }

  /** How deep derivatives go. */
  public int depth() {
    return k2 == 0 ? Integer.MAX_VALUE : k2;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.GradientKind;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.OutputConfig;
import dev.unspool.cli.run.RuleConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.WeightPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What learns, and how.
 *
 * @param network the network
 * @param output what it says about the targets
 * @param sweep when a sweep happens, and how far it goes back
 * @param rule what becomes of a gradient
 * @param lr learning rate
 * @param driftRate by how much the rate is raised for a while when errors have grown; 1: not
 * @param scales how numbers are scaled
 * @param keys the most keys that are remembered
 * @param band share of truths that shall lie in a band
 * @param combine whether what is predicted is what the model and its baselines say together
 * @param seed of the first weights
 * @param guards when it gives up
 */
public record LearningConfig(
    NetworkConfig network,
    OutputConfig output,
    Sweep sweep,
    RuleConfig rule,
    double lr,
    double driftRate,
    Scales scales,
    int keys,
    double band,
    boolean combine,
    long seed,
    Guards guards) {

  /**
   * When a sweep happens.
   *
   * @param k1 rows of a key between two sweeps
   * @param k2 depth of a sweep; 0 where it is not truncated
   * @param gradient where gradients come from
   * @param policy what a sweep means after the weights have changed; null as it is best
   */
  public record Sweep(int k1, int k2, GradientKind gradient, @Nullable WeightPolicy policy) {
    /** Rows of a window are counted in an int; there is no memory for so many. */
    private static final int LONGEST = 500_000_000;

    /** Checks the ranges. */
    public Sweep {
      UsageException.require(k1 >= 1, "--k1 must be at least 1, found " + k1);
      boolean truncated = gradient == GradientKind.TBPTT;
      UsageException.require(truncated ? k2 >= 1 : k2 == 0, "--k2 must be at least 1, found " + k2);
      UsageException.require(
          k1 <= LONGEST, "--k1 must be at most %s, found %s".formatted(LONGEST, k1));
      UsageException.require(
          k2 <= LONGEST, "--k2 must be at most %s, found %s".formatted(LONGEST, k2));
      UsageException.require(
          truncated || policy == null,
          "--gradient rtrl counts each step at the weights that it ran with; leave out --policy");
    }

    /** In a few words. */
    String describe() {
      return gradient == GradientKind.TBPTT
          ? "TBPTT(%s, %s)".formatted(k1, k2)
          : "RTRL every %s".formatted(k1);
    }
  }

  /**
   * How numbers are scaled.
   *
   * @param memory of running means and deviations, in records
   * @param robust whether single wrong values hardly move them
   * @param perKey whether each key has its own
   * @param warmUp records that only make scales
   */
  public record Scales(double memory, boolean robust, boolean perKey, int warmUp) {
    /** Checks the ranges. */
    public Scales {
      UsageException.require(
          memory >= 2 && Double.isFinite(memory),
          "--memory must be at least 2 records, found " + memory);
      UsageException.require(warmUp >= 0, "--warm-up must not be negative, found " + warmUp);
    }
  }

  /**
   * When it gives up.
   *
   * @param stopAfterBad incidents in a row that end it
   * @param stateLimit largest norm of the state
   * @param onSpike what is done about a loss that is far larger than usual; null for nothing
   * @param spike how many times as large as usual
   */
  public record Guards(
      int stopAfterBad, double stateLimit, @Nullable OnSpike onSpike, double spike) {
    /** What is done about a loss that is far larger than usual. */
    public enum OnSpike {
      /** Nothing is learned of it. */
      SKIP,
      /** Weights and moments go back to what they were some hundred updates before, too. */
      ROLLBACK
    }

    /** Checks the ranges. */
    public Guards {
      UsageException.require(
          stopAfterBad >= 1, "--stop-after-bad must be at least 1, found " + stopAfterBad);
      UsageException.require(
          spike > 1 && Double.isFinite(spike), "--spike must be above 1, found " + spike);
      UsageException.require(stateLimit > 0, "--state-limit must be above 0, found " + stateLimit);
    }
  }

  /** Checks the ranges. */
  public LearningConfig {
    UsageException.require(
        lr > 0 && Double.isFinite(lr), "--lr must be positive and finite, found " + lr);
    UsageException.require(
        driftRate >= 1 && Double.isFinite(driftRate),
        "--drift-rate must be at least 1, found " + driftRate);
    UsageException.require(keys >= 1, "--keys must be at least 1, found " + keys);
    UsageException.require(
        band > 0 && band < 1, "--band must be between 0 and 1, such as 0.9, found " + band);
    UsageException.require(
        network.dropout() == 0, "--dropout is for trainings; a stream is seen once");
  }

  /** The furthest row that is predicted. */
  int reach() {
    return output.horizons().getLast();
  }
}

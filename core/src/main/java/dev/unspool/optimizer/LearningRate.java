// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

/** The learning rate of each update. Implementations are stateless. */
@FunctionalInterface
public interface LearningRate {
  /**
   * The rate.
   *
   * @param update number of updates before this one, from 0
   * @param epoch pass over the data, from 1
   */
  double at(long update, int epoch);

  /** Always the same. */
  static LearningRate constant(double rate) {
    requireRate(rate);
    return (_, _) -> rate;
  }

  /**
   * Rises in a line from 0 to {@code rate} over {@code warmUp} updates, and stays: for a stream,
   * which has no end to fall towards, and whose first gradients meet moments that know nothing yet.
   *
   * @param warmUp number of updates, at least 0
   */
  static LearningRate constant(double rate, long warmUp) {
    requireRate(rate);
    if (warmUp < 0) {
      throw new IllegalArgumentException("a warm-up takes at least 0 updates, found " + warmUp);
    }
    return (update, _) -> update < warmUp ? rate * (update + 1) / warmUp : rate;
  }

  /**
   * Falls with the root of the number of updates, {@code rate / √(1 + update/pace)}, to {@code
   * floor}, where it stays; over the first {@code warmUp} updates, it is that times a factor that
   * rises in a line from 0 to 1: for a stream, whose first thousand records teach the most and
   * whose law may change at any time after (the inverse square root that Vaswani et al., "Attention
   * is all you need", 2017, have without a floor).
   *
   * <p>With a warm-up, {@code rate} itself is not reached: the highest is about {@code rate / √(1 +
   * warmUp/pace)}, with the last update of the warm-up. Of 5e-3, a warm-up of 100 and a pace of 300
   * leave 4.3e-3.
   *
   * @param rate that the law begins with
   * @param warmUp number of updates, at least 0
   * @param pace number of updates after which the law is at 1/√2, above 0
   * @param floor at most {@code rate}
   */
  static LearningRate settling(double rate, long warmUp, double pace, double floor) {
    requireRate(rate);
    if (warmUp < 0 || !(pace > 0) || !(floor >= 0 && floor <= rate)) {
      throw new IllegalArgumentException(
          ("a rate that settles needs a warm-up of at least 0, a pace above 0 and a floor from 0 to"
                  + " the rate %s, found %s, %s and %s")
              .formatted(rate, warmUp, pace, floor));
    }
    return (update, _) -> {
      double settled = Math.max(floor, rate / Math.sqrt(1 + update / pace));
      return update < warmUp ? settled * (update + 1) / warmUp : settled;
    };
  }

  /**
   * Divided by {@code factor} once for each epoch after {@code lastFullEpoch}, as in Zaremba,
   * Sutskever and Vinyals, "Recurrent Neural Network Regularization" (2014), whose small model has
   * rate 1, 4 full epochs and the factor 2.
   *
   * @param lastFullEpoch last epoch with the whole rate, at least 0
   * @param factor above 0
   */
  static LearningRate stepDecay(double rate, int lastFullEpoch, double factor) {
    requireRate(rate);
    if (lastFullEpoch < 0 || !(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          ("step decay needs a last full epoch of at least 0 and a finite factor above 0, found %s"
                  + " and %s")
              .formatted(lastFullEpoch, factor));
    }
    return (_, epoch) -> rate / Math.pow(factor, Math.max(0, epoch - lastFullEpoch));
  }

  /**
   * Rises in a line from 0 to {@code rate} over {@code warmUp} updates, then falls along half a
   * cosine to {@code floor} at update {@code total} (Loshchilov and Hutter, "SGDR", 2017, without
   * restarts), and stays there.
   *
   * @param warmUp number of updates, at least 0
   * @param total number of updates, above {@code warmUp}
   * @param floor from 0 to {@code rate}
   */
  static LearningRate cosine(double rate, long warmUp, long total, double floor) {
    requireRate(rate);
    if (warmUp < 0 || total <= warmUp || !(floor >= 0 && floor <= rate)) {
      throw new IllegalArgumentException(
          ("a cosine schedule needs 0 <= warm-up < total and 0 <= floor <= rate; found warm-up %s,"
                  + " total %s, floor %s, rate %s")
              .formatted(warmUp, total, floor, rate));
    }
    return (update, _) -> {
      if (update < warmUp) {
        return rate * (update + 1) / warmUp;
      }
      double fraction = Math.min(1, (double) (update - warmUp) / (total - warmUp));
      return floor + (rate - floor) * (1 + Math.cos(Math.PI * fraction)) / 2;
    };
  }

  private static void requireRate(double rate) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException(
          "the learning rate must be at least 0 and finite, found " + rate);
    }
  }
}

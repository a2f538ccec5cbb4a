// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

/** How large a step each update takes. A function, without state. */
@FunctionalInterface
public interface LearningRate {
  /**
   * The rate of one update.
   *
   * @param update number of the update, from 0
   * @param epoch pass over the data in which it happens, from 1
   */
  double at(long update, int epoch);

  /**
   * Always the same.
   *
   * @param rate at least 0
   */
  static LearningRate constant(double rate) {
    Arguments.notNegative("the learning rate", rate);
    return (_, _) -> rate;
  }

  /**
   * Divided by {@code factor} in each epoch after the first ones: {@code rate / factor^max(0, epoch
   * − lastFullEpoch)}. W. Zaremba, I. Sutskever and O. Vinyals, "Recurrent Neural Network
   * Regularization" (2014), whose small model has rate 1, factor 2 and 4 full epochs.
   *
   * @param rate of the first epochs, at least 0
   * @param lastFullEpoch how many epochs have the full rate, at least 0
   * @param factor at least 1
   */
  static LearningRate stepDecay(double rate, int lastFullEpoch, double factor) {
    Arguments.notNegative("the learning rate", rate);
    if (lastFullEpoch < 0) {
      throw new IllegalArgumentException(
          "the last epoch with the full rate is %d, expected at least 0".formatted(lastFullEpoch));
    }
    if (!(factor >= 1 && factor <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "the rate is divided by %s, expected a factor of at least 1".formatted(factor));
    }
    return (_, epoch) -> rate / Math.pow(factor, Math.max(0, epoch - lastFullEpoch));
  }

  /**
   * Half a cosine, after a linear warm-up. With u the update from 0, w = {@code warmUp} and T =
   * {@code total}:
   *
   * <pre>{@code
   * rate·(u + 1)/w                                             u < w
   * floor + ½ (rate − floor)·(1 + cos(π·(u − w)/(T − w)))      w ≤ u < T
   * floor                                                      u ≥ T
   * }</pre>
   *
   * <p>The cosine is I. Loshchilov and F. Hutter's, "SGDR: Stochastic Gradient Descent with Warm
   * Restarts" (2017), without restarts; the warm-up is P. Goyal et al.'s, "Accurate, Large
   * Minibatch SGD" (2017).
   *
   * @param rate the highest, at least 0
   * @param warmUp updates until the highest rate is reached; 0 begins with it
   * @param total updates until {@code floor} is reached, above {@code warmUp}
   * @param floor the last rate, from 0 to {@code rate}
   */
  static LearningRate cosine(double rate, long warmUp, long total, double floor) {
    Arguments.notNegative("the learning rate", rate);
    if (warmUp < 0 || total <= warmUp) {
      throw new IllegalArgumentException(
          "%d updates with %d of warm-up; expected a warm-up of at least 0 and fewer than all"
              .formatted(total, warmUp));
    }
    if (!(floor >= 0 && floor <= rate)) {
      throw new IllegalArgumentException(
          "the last learning rate is %s, expected 0 to the highest, %s".formatted(floor, rate));
    }
    return (update, _) -> {
      if (update < warmUp) {
        return rate * (update + 1) / warmUp;
      }
      double progress = Math.min(1, (double) (update - warmUp) / (total - warmUp));
      return floor + (rate - floor) * (1 + Math.cos(Math.PI * progress)) / 2;
    };
  }
}

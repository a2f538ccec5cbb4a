// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.SaidLater;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Optimizer;
import dev.unspool.optimizer.RmsProp;
import dev.unspool.optimizer.Sgd;
import dev.unspool.tbptt.LossAt;
import dev.unspool.tbptt.Truncation;
import java.util.Objects;

/**
 * How a network is trained.
 *
 * @param k1 steps between two sweeps
 * @param k2 depth of a sweep
 * @param lossAt {@code every}, {@code last} or {@code last:M}
 * @param policy what a sweep means after the weights have changed
 * @param lanes sequences side by side
 * @param epochs passes over the data; 0: no limit
 * @param optimizer update rule
 * @param lr learning rate
 * @param momentum of SGD
 * @param weightDecay of AdamW
 * @param schedule of the learning rate
 * @param warmUp updates over which the rate rises
 * @param decayAfter last epoch at the full rate, for {@link ScheduleKind#STEP}
 * @param decayFactor what the rate is divided by after that
 * @param clip largest norm of a gradient; 0: any
 * @param clipValue largest size of a gradient's value; 0: any
 * @param seed of everything random
 * @param patience validations without a better one after which training ends; 0: any number
 * @param maxMinutes end after so many minutes; 0: no limit
 * @param maxUpdates end after so many updates; 0: no limit
 * @param reportEvery seconds between two lines of progress
 * @param checkpointEvery most seconds between two checkpoints; {@value #CHECKPOINT_EVERY} in files
 *     that do not say it
 * @param checkpointUpdates most updates between two checkpoints; 0: any number
 * @param threads that share the work; 0: all processors. Results do not depend on it
 */
public record TrainingConfig(
    int k1,
    int k2,
    String lossAt,
    WeightPolicy policy,
    int lanes,
    int epochs,
    OptimizerKind optimizer,
    double lr,
    double momentum,
    double weightDecay,
    ScheduleKind schedule,
    long warmUp,
    int decayAfter,
    double decayFactor,
    double clip,
    double clipValue,
    long seed,
    int patience,
    double maxMinutes,
    long maxUpdates,
    double reportEvery,
    @SaidLater Double checkpointEvery,
    @SaidLater long checkpointUpdates,
    int threads) {
  /** Seconds between two checkpoints where nobody says anything else. */
  public static final int CHECKPOINT_EVERY = 30;

  /** Checks the ranges. */
  public TrainingConfig {
    checkpointEvery = Objects.requireNonNullElse(checkpointEvery, (double) CHECKPOINT_EVERY);
    require(k1 >= 1, "--k1 must be at least 1, found " + k1);
    require(k2 >= 1, "--k2 must be at least 1, found " + k2);
    require(lanes >= 1, "--lanes must be at least 1, found " + lanes);
    require(epochs >= 0, "--epochs must not be negative, found " + epochs);
    require(
        epochs > 0 || maxMinutes > 0 || maxUpdates > 0 || patience > 0,
        "--epochs 0 needs --max-minutes, --max-updates or --patience: nothing else ends training");
    require(
        schedule != ScheduleKind.COSINE || epochs > 0 || maxUpdates > 0,
        "--schedule cosine needs --epochs or --max-updates: it must know where it ends");
    require(lr > 0 && Double.isFinite(lr), "--lr must be positive and finite, found " + lr);
    require(momentum >= 0 && momentum < 1, "--momentum must be in [0, 1), found " + momentum);
    require(weightDecay >= 0, "--weight-decay must not be negative, found " + weightDecay);
    require(warmUp >= 0, "--warm-up must not be negative, found " + warmUp);
    require(decayAfter >= 0, "--decay-after must not be negative, found " + decayAfter);
    require(decayFactor >= 1, "--decay-factor must be at least 1, found " + decayFactor);
    require(clip >= 0, "--clip must not be negative, found " + clip);
    require(clipValue >= 0, "--clip-value must not be negative, found " + clipValue);
    require(clip == 0 || clipValue == 0, "--clip-value needs --clip 0: there is one way to clip");
    require(patience >= 0, "--patience must not be negative, found " + patience);
    require(maxMinutes >= 0, "--max-minutes must not be negative, found " + maxMinutes);
    require(maxUpdates >= 0, "--max-updates must not be negative, found " + maxUpdates);
    require(reportEvery > 0, "--report-every must be positive, found " + reportEvery);
    require(checkpointEvery > 0, "--checkpoint-every must be positive, found " + checkpointEvery);
    require(
        checkpointUpdates >= 0,
        "--checkpoint-updates must not be negative, found " + checkpointUpdates);
    require(
        threads >= 0 && threads <= TapeOptions.MOST_THREADS,
        "--threads must be 1 to %s, or 0 for one a processor, found %s"
            .formatted(TapeOptions.MOST_THREADS, threads));
    require(
        momentum == 0 || optimizer == OptimizerKind.SGD,
        "--momentum is for --optimizer sgd; adam and rmsprop have averages of their own");
    require(
        weightDecay == 0 || optimizer == OptimizerKind.ADAMW,
        "--weight-decay is for --optimizer adamw");
    parseLossAt(lossAt);
  }

  /** The same with what may change on the way: rate, end, reports, checkpoints and threads. */
  public TrainingConfig with(
      double newLr,
      int newEpochs,
      int newPatience,
      double newMaxMinutes,
      long newMaxUpdates,
      double newReportEvery,
      double newCheckpointEvery,
      long newCheckpointUpdates,
      int newThreads) {
    return new TrainingConfig(
        k1,
        k2,
        lossAt,
        policy,
        lanes,
        newEpochs,
        optimizer,
        newLr,
        momentum,
        weightDecay,
        schedule,
        warmUp,
        decayAfter,
        decayFactor,
        clip,
        clipValue,
        seed,
        newPatience,
        newMaxMinutes,
        newMaxUpdates,
        newReportEvery,
        newCheckpointEvery,
        newCheckpointUpdates,
        newThreads);
  }

  /** Number of threads, at least 1. */
  int threadCount() {
    int processors = Runtime.getRuntime().availableProcessors();
    return threads > 0 ? threads : Math.min(processors, TapeOptions.MOST_THREADS);
  }

  /** When a sweep happens, and how deep it is. */
  Truncation truncation() {
    return new Truncation(k1, k2, parseLossAt(lossAt));
  }

  private static LossAt parseLossAt(String text) {
    if (text.equals("every")) {
      return LossAt.EVERY;
    }
    if (text.equals("last")) {
      return LossAt.LAST;
    }
    if (text.matches("last:[1-9][0-9]{0,8}")) {
      return LossAt.last(Integer.parseInt(text.substring("last:".length())));
    }
    throw new UsageException(
        "--loss-at is '%s', expected every, last, or last:M with M at least 1".formatted(text));
  }

  /** The update rule. */
  Optimizer rule() {
    return switch (optimizer) {
      case SGD -> new Sgd(momentum, false);
      case RMSPROP -> new RmsProp();
      case ADAM -> new Adam();
      case ADAMW -> Adam.withDecoupledDecay(weightDecay);
    };
  }

  /**
   * The schedule.
   *
   * @param perEpoch updates in an epoch
   */
  LearningRate learningRate(long perEpoch) {
    return switch (schedule) {
      case CONSTANT -> LearningRate.constant(lr);
      case STEP -> LearningRate.stepDecay(lr, decayAfter, decayFactor);
      case COSINE ->
          LearningRate.cosine(
              lr, Math.min(warmUp, totalUpdates(perEpoch) / 10), totalUpdates(perEpoch), 0);
    };
  }

  /** Updates until the limits end training, or −1 if only time or patience does. */
  long totalUpdates(long perEpoch) {
    long byEpochs = epochs == 0 ? Long.MAX_VALUE : Math.multiplyExact(perEpoch, epochs);
    long total = maxUpdates == 0 ? byEpochs : Math.min(byEpochs, maxUpdates);
    return total == Long.MAX_VALUE ? -1 : total;
  }

  /** What is done to a gradient that is too large. */
  Clipping clipping() {
    if (clipValue > 0) {
      return Clipping.byValue(clipValue);
    }
    return clip > 0 ? Clipping.byNorm(clip) : Clipping.none();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.GradientKind;
import dev.unspool.cli.run.LimitConfig;
import dev.unspool.cli.run.OptimizerKind;
import dev.unspool.cli.run.RateConfig;
import dev.unspool.cli.run.ReportConfig;
import dev.unspool.cli.run.RuleConfig;
import dev.unspool.cli.run.ScheduleKind;
import dev.unspool.cli.run.SweepConfig;
import dev.unspool.cli.run.TrainingConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.WeightPolicy;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the network is trained. */
final class TrainingOptions {
  @Option(
      names = "--k1",
      paramLabel = "STEPS",
      description =
          "Backpropagate after every k1 steps. Default: "
              + Defaults.CSV_K1
              + " (csv), "
              + Defaults.TEXT_K1
              + " (text).")
  @Nullable Integer k1;

  @Option(
      names = "--k2",
      paramLabel = "STEPS",
      description =
          "Through the last k2 steps; below, at or above k1. Default: "
              + Defaults.CSV_K2
              + " (csv), "
              + Defaults.TEXT_K2
              + " (text).")
  @Nullable Integer k2;

  @Option(
      names = "--gradient",
      paramLabel = "WAY",
      completionCandidates = Choices.Gradients.class,
      description =
          "tbptt: backpropagated through the last k2 steps; rtrl: carried forwards, through all steps"
              + " since a sequence began, for cells whose units are carried by themselves (mingru,"
              + " minlstm, lru, rtu). Default: tbptt.")
  GradientKind gradient = GradientKind.TBPTT;

  @Option(
      names = "--loss-at",
      paramLabel = "STEPS",
      completionCandidates = Choices.LossPlaces.class,
      description =
          "Which outputs the loss reads: every step since the last sweep, the last step, or the"
              + " last M steps (every, last, last:M). Default: every.")
  String lossAt = "every";

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      completionCandidates = Choices.Policies.class,
      description =
          "With k1 < k2, which weights a sweep sees at steps that ran with older ones:"
              + " ${COMPLETION-CANDIDATES}. Default: as-applied.")
  WeightPolicy policy = WeightPolicy.AS_APPLIED;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description =
          "Parts of the data run side by side. Default: "
              + Defaults.CSV_LANES
              + " (csv), "
              + Defaults.TEXT_LANES
              + " (text).")
  @Nullable Integer lanes;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Passes over the training part; 0: until something else ends it. Default: "
              + Defaults.CSV_EPOCHS
              + " (csv), "
              + Defaults.TEXT_EPOCHS
              + " (text), with --max-minutes 0.")
  @Nullable Integer epochs;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = Choices.Optimizers.class,
      description = "Update rule: ${COMPLETION-CANDIDATES}. Default: adam.")
  OptimizerKind optimizer = OptimizerKind.ADAM;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description =
          "Learning rate. Default: " + Defaults.LR_CSV + " (csv), " + Defaults.LR_TEXT + " (text).")
  @Nullable Double lr;

  @Option(
      names = "--momentum",
      paramLabel = "M",
      description = "Momentum of --optimizer sgd. Default: 0.")
  double momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description = "Weight decay of --optimizer adamw. Default: 0.")
  double weightDecay;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      completionCandidates = Choices.Schedules.class,
      description =
          "Course of the learning rate: ${COMPLETION-CANDIDATES}. A cosine ends with the last update, or"
              + " with the time of --max-minutes. Default: cosine; constant where only --patience ends"
              + " training.")
  @Nullable ScheduleKind schedule;

  @Option(
      names = "--warm-up",
      paramLabel = "UPDATES",
      description =
          "Over so many updates, at most a tenth of all or of the time, the rate rises from zero; with --schedule"
              + " cosine. Default: "
              + Defaults.WARM_UP
              + ".")
  @Nullable Long warmUp;

  @Option(
      names = "--decay-after",
      paramLabel = "EPOCH",
      description =
          "Last epoch at the full rate; with --schedule step. Default: "
              + Defaults.DECAY_AFTER
              + ".")
  @Nullable Integer decayAfter;

  @Option(
      names = "--decay-factor",
      paramLabel = "F",
      description =
          "Divides the rate each epoch after that; with --schedule step. Default: "
              + Defaults.DECAY_FACTOR
              + ".")
  @Nullable Double decayFactor;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description =
          "Scale a gradient down to this norm; 0: never. Default: "
              + Defaults.CLIP
              + ", with --clip-value 0.")
  @Nullable Double clip;

  @Option(
      names = "--clip-value",
      paramLabel = "SIZE",
      description = "Clip each value of a gradient to this size; 0: never. Default: 0.")
  double clipValue;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of everything random. Default: " + Defaults.SEED + ".")
  long seed = Defaults.SEED;

  @Option(
      names = "--patience",
      paramLabel = "EPOCHS",
      description =
          "End after so many epochs without a better validation loss; with --schedule cosine after as"
              + " many more, in which the rate falls to zero from the best weights. 0: never. Default: "
              + Defaults.CSV_PATIENCE
              + " (csv), "
              + Defaults.TEXT_PATIENCE
              + " (text), 0 with other schedules.")
  @Nullable Integer patience;

  @Option(
      names = "--max-minutes",
      paramLabel = "MINUTES",
      description =
          "Train for so many minutes, validations included, and let the learning rate fall with them;"
              + " 0: no limit. Default: 0.")
  double maxMinutes;

  @Option(
      names = "--max-updates",
      paramLabel = "N",
      description = "End after so many updates; 0: no limit. Default: 0.")
  long maxUpdates;

  @Option(
      names = "--report-every",
      paramLabel = "SECONDS",
      description =
          "Seconds between two lines of progress. Default: " + Defaults.REPORT_EVERY + ".")
  double reportEvery = Defaults.REPORT_EVERY;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "SECONDS",
      description =
          "Most seconds between two checkpoints; there is one after the first epoch too, and at the"
              + " end. Default: "
              + Defaults.CHECKPOINT_EVERY
              + ".")
  double checkpointEvery = Defaults.CHECKPOINT_EVERY;

  @Option(
      names = "--checkpoint-updates",
      paramLabel = "N",
      description = "Most updates between two checkpoints; 0: any number. Default: 0.")
  long checkpointUpdates;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = ThreadCount.class,
      description =
          "Threads that share the work; results do not depend on it. auto (or 0): as many as a step"
              + " is worth, at most one a processor. Default: auto.")
  int threads;

  /** Whether others take another course of the rate, and read what this one does not. */
  boolean oneOfSeveral;

  TrainingConfig config(boolean isText) {
    int passes = passes(isText);
    ScheduleKind course = schedule != null ? schedule : defaultSchedule(passes);
    if (!oneOfSeveral) {
      requireEffect(Set.of(course));
    }
    return new TrainingConfig(
        new SweepConfig(
            k1 != null ? k1 : isText ? Defaults.TEXT_K1 : Defaults.CSV_K1,
            depth(isText),
            lossAt,
            policy,
            gradient),
        lanes != null ? lanes : isText ? Defaults.TEXT_LANES : Defaults.CSV_LANES,
        new RuleConfig(
            optimizer,
            momentum,
            weightDecay,
            clip != null ? clip : clipValue > 0 ? 0 : Defaults.CLIP,
            clipValue),
        new RateConfig(
            lr != null ? lr : isText ? Defaults.LR_TEXT : Defaults.LR_CSV,
            course,
            warmUp != null ? warmUp : Defaults.WARM_UP,
            decayAfter != null ? decayAfter : Defaults.DECAY_AFTER,
            decayFactor != null ? decayFactor : Defaults.DECAY_FACTOR),
        new LimitConfig(passes, patience(course, isText), maxMinutes, maxUpdates),
        new ReportConfig(reportEvery, checkpointEvery, checkpointUpdates),
        seed,
        threads);
  }

  /**
   * Refuses what has no effect on any course of the rate.
   *
   * @param courses those that are taken
   */
  void requireEffect(Set<ScheduleKind> courses) {
    UsageException.require(
        warmUp == null || courses.contains(ScheduleKind.COSINE),
        "--warm-up is for --schedule cosine");
    UsageException.require(
        decayAfter == null || courses.contains(ScheduleKind.STEP),
        "--decay-after is for --schedule step");
    UsageException.require(
        decayFactor == null || courses.contains(ScheduleKind.STEP),
        "--decay-factor is for --schedule step");
  }

  /**
   * Refuses a patience that nothing could try.
   *
   * @param patience as it was given; null where it was not
   * @param validates whether there is a validation part
   */
  static void requireEffect(@Nullable Integer patience, boolean validates) {
    UsageException.require(
        patience == null || patience <= 0 || validates,
        "--patience is for runs with a validation part, and --valid 0 leaves none");
  }

  private int depth(boolean isText) {
    if (gradient == GradientKind.TBPTT) {
      return k2 != null ? k2 : isText ? Defaults.TEXT_K2 : Defaults.CSV_K2;
    }
    if (k2 != null) {
      throw new UsageException(
          "--k2 has no meaning with --gradient rtrl, which goes back to where a sequence began; leave it out");
    }
    if (policy != WeightPolicy.AS_APPLIED) {
      throw new UsageException(
          "--gradient rtrl counts each step at the weights that it ran with; leave out --policy");
    }
    return 0;
  }

  /** Who says how many minutes wants them used. */
  private int passes(boolean isText) {
    if (epochs != null) {
      return epochs;
    }
    return maxMinutes > 0 ? 0 : isText ? Defaults.TEXT_EPOCHS : Defaults.CSV_EPOCHS;
  }

  /** Where the rate falls before training ends early, nothing is lost by that. */
  private int patience(ScheduleKind course, boolean isText) {
    if (patience != null) {
      return patience;
    }
    boolean falls = course == ScheduleKind.COSINE;
    return !falls ? 0 : isText ? Defaults.TEXT_PATIENCE : Defaults.CSV_PATIENCE;
  }

  /** A cosine needs to know where it ends. */
  private ScheduleKind defaultSchedule(int passes) {
    boolean known = passes > 0 || maxUpdates > 0 || maxMinutes > 0;
    return known ? ScheduleKind.COSINE : ScheduleKind.CONSTANT;
  }
}

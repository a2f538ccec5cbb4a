// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import dev.unspool.engine.BlockSource;
import dev.unspool.engine.Engine;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.step.StepProgram;
import dev.unspool.train.BestWeights;
import dev.unspool.train.DivergedException;
import dev.unspool.train.Trainer;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains the model of a run, from its checkpoint if it has one. After each epoch it is validated;
 * what it leaves are the weights that did best.
 */
public final class TrainingRun {
  private final RunFolder folder;
  private final TrainingConfig config;
  private final Task task;
  private final Console console;
  private final Stop stop;
  private final StepProgram step;
  private final TrainingFiles files;
  private final LongSupplier nanos;
  private final TrainingEnd ending;
  private int pause = Integer.MAX_VALUE;
  private double validation = Double.NaN;
  private int epochs;
  private boolean diverged;

  /** The training that a configuration describes, of a task that was opened for it. */
  public TrainingRun(RunFolder folder, RunConfig config, Task task, Console console, Stop stop) {
    this(folder, config, task, console, stop, System::nanoTime);
  }

  /**
   * The same by another clock.
   *
   * @param nanos time that only goes forwards, in nanoseconds
   */
  TrainingRun(
      RunFolder folder,
      RunConfig config,
      Task task,
      Console console,
      Stop stop,
      LongSupplier nanos) {
    this.folder = folder;
    this.config = config.requireTraining();
    this.task = task;
    this.console = console;
    this.stop = stop;
    this.nanos = nanos;
    this.step = task.program();
    this.files = new TrainingFiles(folder, config, task, console);
    this.ending = new TrainingEnd(folder, task, files, console, stop);
  }

  /**
   * Lets it end, as if somebody had asked for it, when so many epochs are over and validated.
   *
   * @param epoch at least 1
   */
  public void pauseAfter(int epoch) {
    pause = epoch;
  }

  /** The smallest validation loss when it last ended; not finite if there was none. */
  public double validation() {
    return validation;
  }

  /** Number of epochs that were over when it last ended. */
  public int epochs() {
    return epochs;
  }

  /** Whether it ended since gradients were not finite. */
  public boolean diverged() {
    return diverged;
  }

  /**
   * Refuses a training that cannot begin, before anything is made for it: too few data for the
   * lanes, or sizes for which there is no memory.
   */
  public static void requirePossible(RunConfig config, Task task) throws IOException {
    TrainingConfig training = config.requireTraining();
    task.training(training.lanes()).close();
    try {
      engine(training, task, new Parameters(task.program().parameters())).close();
    } catch (IllegalArgumentException e) {
      if (training.sweep().gradient() == GradientKind.RTRL) {
        throw new UsageException("--gradient rtrl: " + e.getMessage());
      }
      throw new UsageException(
          "--k1 %s, --k2 %s, --loss-at %s, --lanes %s: %s"
              .formatted(
                  training.sweep().k1(),
                  training.sweep().k2(),
                  training.sweep().lossAt(),
                  training.lanes(),
                  e.getMessage()));
    }
  }

  private static Engine engine(TrainingConfig config, Task task, Parameters theta) {
    return config.sweep().engine(config, task.program(), task.loss(), theta);
  }

  /**
   * Trains a new run, in a folder that becomes one when everything that it needs is in it.
   * Otherwise like {@link #run}.
   */
  public @Nullable Figures begin() throws IOException {
    return begin(null);
  }

  /**
   * The same from given weights.
   *
   * @param first weights to begin with, not modified; null for random ones
   */
  public @Nullable Figures begin(@Nullable Parameters first) throws IOException {
    return run(true, first);
  }

  /**
   * Trains until there is nothing left to do, or somebody asks to stop. Either way a checkpoint is
   * written.
   *
   * @return the final figures, or null if it was stopped
   */
  public @Nullable Figures run() throws IOException {
    return run(false, null);
  }

  private @Nullable Figures run(boolean anew, @Nullable Parameters first) throws IOException {
    Parameters theta =
        first != null ? first.copy() : task.initialise(new SplitMix64(config.seed()));
    try (BlockSource source = task.training(config.lanes());
        Engine engine = engine(config, task, theta)) {
      long perEpoch = Math.ceilDiv(source.steps(), config.sweep().k1());
      var limits = new TrainingLimits(config.limit(), perEpoch, task.validates());
      var clock = new TrainingClock(config.limit().maxMinutes(), nanos);
      Course course = config.course(perEpoch, clock);
      try (Trainer trainer =
          Trainer.builder(engine, source)
              .optimizer(config.rule().rule())
              .learningRate(course::at)
              .clipping(config.rule().clipping())
              .epochs(config.limit().epochs())
              .build()) {
        var state = new TrainingState(theta, trainer, clock, course);
        begin(state, anew);
        if (files.haveGrown() && !rejudge(state)) {
          return null; // the checkpoint stays as it is, of the shorter data
        }
        double before = first == null ? Double.NaN : judge(first);
        var loop = new TrainingLoop(config, task, files, limits, state, console, stop, pause);
        boolean ended = run(loop, state);
        validation = state.best.best();
        epochs = trainer.epoch() - 1;
        if (!ended) {
          files.checkpoint(state);
          if (loop.isPaused()) {
            return null;
          }
          console.note(
              "Stopped after update %s; to go on: unspool resume %s"
                  .formatted(trainer.updates(), folder.path()));
          return null;
        }
        ending.checkpoint(state);
        compare(before, state.best);
        if (!state.course.isEnding()) {
          loop.sayOverfitting();
        }
        return ending.finish(state);
      }
    }
  }

  /** Judges the best weights by the longer data; false if it was stopped meanwhile. */
  private boolean rejudge(TrainingState state) {
    Parameters best = state.bestWeights().copy();
    try {
      state.rejudged(task.validates() ? task.validate(best, stop) : Double.NaN, best);
      return true;
    } catch (Stop.Asked _) {
      return false;
    }
  }

  /** Validation loss of given weights, NaN if it is not known. */
  private double judge(Parameters first) {
    try {
      return task.validates() ? task.validate(first, stop) : Double.NaN;
    } catch (Stop.Asked _) {
      return Double.NaN;
    }
  }

  /** Says so where training from given weights has made them worse. */
  private void compare(double before, BestWeights best) {
    if (before < best.best()) {
      console.warn(
          ("the weights it began with had a validation loss of %s, the best since then of %s; try a"
                  + " smaller rate, such as --lr %s, or go on with those it began with")
              .formatted(
                  Numbers.of(before),
                  best.exist() ? Numbers.of(best.best()) : "no finite number",
                  Numbers.of(config.rate().lr() / 10)));
    }
  }

  /** What went wrong although there are figures; a line each, to be said after them. */
  public List<String> problems() {
    return ending.problems();
  }

  private void begin(TrainingState state, boolean anew) throws IOException {
    files.begin(state, anew);
    console.note(
        "%s, %s, %s, %s"
            .formatted(
                task.describe(),
                Numbers.count(step.parameters().size(), "parameter"),
                config.sweep().describe(),
                Numbers.count(config.lanes(), "lane")));
  }

  /** Whether nothing is left to do: one that has diverged ends with its best weights. */
  private boolean run(TrainingLoop loop, TrainingState state) throws IOException {
    try {
      return loop.run();
    } catch (DivergedException e) {
      diverged = true;
      ending.say(Divergence.of(e, config, folder).describe(state));
      state.goBack();
      return true;
    }
  }
}

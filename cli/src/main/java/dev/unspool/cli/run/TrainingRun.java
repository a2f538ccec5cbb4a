// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Charts;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Picture;
import dev.unspool.cli.report.ProgressReport;
import dev.unspool.cli.report.Reason;
import dev.unspool.cli.report.Report;
import dev.unspool.engine.BlockSource;
import dev.unspool.engine.Engine;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.step.StepProgram;
import dev.unspool.train.BestWeights;
import dev.unspool.train.DivergedException;
import dev.unspool.train.Progress;
import dev.unspool.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains the model of a run, from its checkpoint if it has one. After each epoch it is validated;
 * what it leaves are the weights that did best.
 */
public final class TrainingRun {
  private static final int EPOCHS_REPORTED = 100;

  private final RunFolder folder;
  private final TrainingConfig config;
  private final Task task;
  private final Console console;
  private final Stop stop;
  private final StepProgram step;
  private final TrainingFiles files;
  private final LongSupplier nanos;
  private final List<String> problems = new ArrayList<>();
  private long perEpoch;
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
      perEpoch = Math.ceilDiv(source.steps(), config.sweep().k1());
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
        boolean ended = train(state);
        validation = state.best.best();
        epochs = trainer.epoch() - 1;
        if (!ended) {
          files.checkpoint(state);
          if (isPaused(state)) {
            return null;
          }
          console.note(
              "Stopped after update %s; to go on: unspool resume %s"
                  .formatted(trainer.updates(), folder.path()));
          return null;
        }
        keep(folder.checkpoints().path(), () -> files.checkpoint(state));
        compare(before, state.best);
        if (!state.course.isEnding()) {
          sayOverfitting(state);
        }
        return finish(state);
      }
    }
  }

  private void sayOverfitting(TrainingState state) {
    String sentence = state.overfitting.describe(state, task.isLayered());
    if (sentence != null) {
      console.note(sentence);
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
    return List.copyOf(problems);
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

  /** Whether there is nothing left to do. */
  private boolean train(TrainingState state) throws IOException {
    var pace = new Pace(config.report(), state.trainer.steps(), state.trainer.updates());
    state.clock.start();
    try (ProgressReport bar = ProgressReport.on(console)) {
      while (true) {
        boolean over = isOver(state);
        // A limit may end training in the middle of an epoch; its last updates shall count too.
        if (state.validationIsDue() || (over && state.isAheadOfValidation())) {
          try {
            state.validated(task.validates() ? task.validate(state.theta, stop) : Double.NaN);
          } catch (Stop.Asked _) {
            return false;
          }
          over = isOver(state);
          if (!over && isImpatient(state)) {
            endEarly(state);
          }
          if (over || pace.reportIsDue() || isReported(state.validatedEpoch)) {
            report(state, pace, bar, true);
          }
          if (pace.checkpointIsDueAfterEpoch(state.trainer.updates())) {
            files.attemptCheckpoint(state);
            pace.checkpointed(state.trainer.updates());
          }
        }
        if (over || stop.asked() || isPaused(state)) {
          if (over) {
            bar.complete();
          }
          return over;
        }
        Progress progress;
        state.clock.read();
        try {
          progress = state.trainer.update();
        } catch (DivergedException e) {
          goBack(state, e);
          return true;
        }
        if (progress == null) {
          bar.complete();
          return true;
        }
        state.updated(progress);
        if (pace.reportIsDue() && !state.validationIsDue() && !isOver(state)) {
          report(state, pace, bar, false);
        }
        // At the end of an epoch, its validation belongs to it.
        if (pace.checkpointIsDue(state.trainer.updates()) && !state.validationIsDue()) {
          files.attemptCheckpoint(state);
          pace.checkpointed(state.trainer.updates());
        }
      }
    }
  }

  /**
   * Whether the end of an epoch is reported even if the last report is not long ago: of each of the
   * first 200, then of every second, fourth, eighth …, so that the log of many short epochs grows
   * with their logarithm.
   */
  private static boolean isReported(int epoch) {
    return epoch % Math.max(1, Integer.highestOneBit(epoch / EPOCHS_REPORTED)) == 0;
  }

  private boolean isOver(TrainingState state) {
    LimitConfig limit = config.limit();
    long updates = state.trainer.updates();
    return (limit.epochs() > 0 && state.trainer.epoch() > limit.epochs())
        || (limit.maxUpdates() > 0 && updates >= limit.maxUpdates())
        || state.clock.isOver()
        || state.course.hasEnded(updates)
        || (isImpatient(state) && !state.course.canEnd());
  }

  private boolean isPaused(TrainingState state) {
    return state.validatedEpoch >= pause;
  }

  /** Whether patience has run out, and nothing was done about it yet. */
  private boolean isImpatient(TrainingState state) {
    int patience = config.limit().patience();
    return patience > 0
        && task.validates()
        && state.best.sinceBest() >= patience
        && !state.course.isEnding();
  }

  /** Weights that did best at a high rate become better still while it falls. */
  private void endEarly(TrainingState state) {
    int patience = config.limit().patience();
    sayOverfitting(state);
    console.note(
        "no better validation loss for %s: going back to the weights of update %s, from which the rate falls to zero within as many"
            .formatted(Numbers.count(patience, "epoch"), state.bestUpdate));
    state.course.end(patience, state.trainer.updates(), patience * perEpoch, state.rate);
    state.goBack();
  }

  private void report(TrainingState state, Pace pace, ProgressReport bar, boolean validated)
      throws RunException {
    Trainer trainer = state.trainer;
    var report =
        new Report(
            trainer.updates(),
            trainer.steps(),
            state.epoch,
            state.loss.value(),
            validated ? Numbers.finite(state.validation) : null,
            Numbers.finite(state.gradientNorm),
            state.rate,
            Numbers.finite(pace.speed(trainer.steps()) * config.lanes()),
            state.clock.seconds());
    state.loss.clear();
    files.report(report, state);
    if (pace.showIsDue()) {
      bar.show(report, done(state), state.validation);
    }
  }

  /** Fraction of the training that is over, NaN if only patience ends it. */
  private double done(TrainingState state) {
    long total = config.limit().totalUpdates(perEpoch);
    double byUpdates = total < 0 ? Double.NaN : (double) state.trainer.updates() / total;
    double byTime = state.clock.fraction();
    return Double.isNaN(byTime)
        ? byUpdates
        : Double.isNaN(byUpdates) ? byTime : Math.max(byUpdates, byTime);
  }

  /** A training that has diverged ends with its best weights, as one that was not long enough. */
  private void goBack(TrainingState state, DivergedException e) throws IOException {
    diverged = true;
    String rate = "--lr " + Numbers.of(config.rate().lr() / 10);
    if (!state.best.exist()) {
      throw new RunException(
          "training diverged at update %s, before any weights were validated; %s"
              .formatted(e.update(), wayOut(e, rate)));
    }
    problems.add(
        "training diverged at update %s; the best weights, of update %s, are kept and judged; %s"
            .formatted(
                e.update(),
                state.bestUpdate,
                state.bestUpdate < e.lastMade()
                    ? "go on from them with a smaller rate: 'unspool resume %s %s'"
                        .formatted(folder.path(), rate)
                    : "their own gradients are not finite, so train anew with --force and a smaller rate, such as "
                        + rate));
    state.goBack();
  }

  /** What can be done where there are no best weights: what is on disk may have diverged too. */
  private String wayOut(DivergedException e, String rate) throws IOException {
    long kept = folder.checkpointUpdate();
    if (kept == 0) {
      return "try a smaller rate, such as " + rate;
    }
    return kept < e.lastMade()
        ? "go on from the last checkpoint with a smaller rate: 'unspool resume %s %s'"
            .formatted(folder.path(), rate)
        : "its checkpoint, of update %s, is none to go on from; train anew with --force and a smaller rate, such as %s"
            .formatted(kept, rate);
  }

  private @Nullable Figures finish(TrainingState state) throws IOException {
    Parameters theta = state.bestWeights();
    try {
      Figures figures =
          task.figures(theta, stop)
              .with(
                  new Figures.Training(
                      state.trainer.updates(),
                      state.validatedEpoch,
                      state.bestUpdate,
                      state.trainer.skippedUpdates(),
                      step.parameters().size()));
      keep(folder.figures(), () -> Json.write(folder.figures(), figures));
      task.remarks().forEach(console::note);
      keep(folder.predictions(), () -> task.keepJudged(folder));
      draw(folder.horizonChart(), () -> task.drawHorizons(folder.horizonChart()));
      draw(
          folder.lossChart(), () -> Charts.loss(folder.lossChart(), folder.log(), task.lossUnit()));
      draw(folder.forecastChart(), () -> task.drawForecast(folder.forecastChart(), theta, stop));
      return figures;
    } catch (Stop.Asked _) {
      console.note(
          "Training is complete, the final figures are not; to get them: unspool resume "
              + folder.path());
      return null;
    }
  }

  /** Writes what belongs to the end. The figures are not lost if that fails. */
  private void keep(Path file, Writing writing) throws RunException {
    files.requireThere();
    try {
      writing.run();
    } catch (IOException e) {
      problems.add(
          "could not write %s: %s; mend that, then 'unspool resume %s' does it again"
              .formatted(file, Reason.of(e), folder.path()));
    }
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private void draw(Path png, Picture picture) {
    stop.check();
    Picture.attempt(console, png, picture);
  }
}

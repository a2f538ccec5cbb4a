// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Charts;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.ProgressReport;
import dev.unspool.cli.report.Report;
import dev.unspool.data.BlockSource;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Initialisation;
import dev.unspool.network.Network;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.train.Progress;
import dev.unspool.train.Trainer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Trains the network of a run, from its checkpoint if it has one. After each epoch it is validated;
 * what it leaves are the weights that did best.
 */
public final class TrainingRun {
  private static final double CHECKPOINT_SECONDS = 30;

  private final RunFolder folder;
  private final RunConfig run;
  private final TrainingConfig config;
  private final Task task;
  private final Console console;
  private final Stop stop;
  private final Network network;
  private final Initialisation initialisation;
  private long perEpoch;
  private boolean warned;
  private @Nullable FolderPlace place;

  /** The training that a configuration describes, of a task that was opened for it. */
  public TrainingRun(RunFolder folder, RunConfig config, Task task, Console console, Stop stop) {
    this.folder = folder;
    this.run = config;
    this.config = config.training();
    this.task = task;
    this.console = console;
    this.stop = stop;
    this.network = new Network(task.network());
    this.initialisation = config.network().initialisation();
  }

  /**
   * Refuses a training that cannot begin, before anything is made for it: too few data for the
   * lanes, or sizes for which there is no memory.
   */
  public static void requirePossible(TrainingConfig config, Task task) throws IOException {
    var network = new Network(task.network());
    task.training(config.lanes()).close();
    engine(config, task, network, new Parameters(network.parameters())).close();
  }

  private static Tbptt engine(TrainingConfig config, Task task, Network network, Parameters theta) {
    return Tbptt.builder(network, theta)
        .truncation(config.truncation())
        .loss(task.loss())
        .lanes(config.lanes())
        .weightPolicy(config.policy())
        .seed(config.seed())
        .threads(config.threadCount())
        .build();
  }

  /**
   * Trains a new run, in a folder that becomes one when everything that it needs is in it.
   * Otherwise like {@link #run}.
   */
  public @Nullable Figures begin() throws IOException {
    return run(true);
  }

  /**
   * Trains until there is nothing left to do, or somebody asks to stop. Either way a checkpoint is
   * written.
   *
   * @return the final figures, or null if it was stopped
   */
  public @Nullable Figures run() throws IOException {
    return run(false);
  }

  private @Nullable Figures run(boolean anew) throws IOException {
    Parameters theta = network.initialise(initialisation, new SplitMix64(config.seed()));
    try (BlockSource source = task.training(config.lanes());
        Tbptt engine = engine(config, task, network, theta)) {
      perEpoch = Math.ceilDiv(source.steps(), config.k1());
      try (Trainer trainer =
          Trainer.builder(engine, theta, source)
              .optimizer(config.optimizer(theta.values().length))
              .learningRate(config.learningRate(perEpoch))
              .clipping(config.clipping())
              .epochs(config.epochs())
              .build()) {
        var state = new TrainingState(theta, trainer);
        begin(state, anew);
        boolean complete = train(state);
        checkpoint(state);
        if (!complete) {
          console.note(
              "Stopped after update %s; to go on: unspool resume %s"
                  .formatted(trainer.updates(), folder.path()));
          return null;
        }
        return finish(state);
      }
    }
  }

  private void begin(TrainingState state, boolean anew) throws IOException {
    place = FolderPlace.of(folder.path());
    if (anew) {
      task.keep(folder);
      checkpoint(state);
      folder.complete(run);
    } else if (folder.hasCheckpoint(run)) {
      state.load(folder.checkpoints().read(state.theta).state());
      console.note("Going on after update " + state.trainer.updates());
    }
    folder.log().truncate(state.trainer.updates());
    console.note(
        "%s, %s, TBPTT(%s, %s), %s"
            .formatted(
                network,
                Numbers.count(network.parameters().size(), "parameter"),
                config.k1(),
                config.k2(),
                Numbers.count(config.lanes(), "lane")));
  }

  /** Whether there is nothing left to do. */
  private boolean train(TrainingState state) throws IOException {
    var pace = new Pace(config.reportEvery(), CHECKPOINT_SECONDS, state.trainer.steps());
    try (ProgressReport bar = ProgressReport.on(console)) {
      while (true) {
        boolean over = isOver(state, pace);
        // A limit may end training in the middle of an epoch; its last updates shall count too.
        if (state.validationIsDue() || (over && state.isAheadOfValidation())) {
          try {
            state.validated(
                task.validates() ? task.validate(network, state.theta, stop) : Double.NaN);
          } catch (Stop.Asked _) {
            return false;
          }
          report(state, pace, bar, true);
          if (pace.checkpointIsDueAfterEpoch()) {
            keep(() -> checkpoint(state));
            pace.checkpointed();
          }
          over = isOver(state, pace);
        }
        if (over || stop.asked()) {
          if (over) {
            bar.complete();
          }
          return over;
        }
        Progress progress = state.trainer.update();
        if (progress == null) {
          bar.complete();
          return true;
        }
        state.updated(progress);
        if (pace.reportIsDue() && !state.validationIsDue()) {
          report(state, pace, bar, false);
        }
        if (pace.checkpointIsDue()) {
          keep(() -> checkpoint(state));
          pace.checkpointed();
        }
      }
    }
  }

  private boolean isOver(TrainingState state, Pace pace) {
    return (config.epochs() > 0 && state.trainer.epoch() > config.epochs())
        || (config.patience() > 0
            && task.validates()
            && state.best.sinceBest() >= config.patience())
        || (config.maxUpdates() > 0 && state.trainer.updates() >= config.maxUpdates())
        || (config.maxMinutes() > 0 && pace.seconds() >= 60 * config.maxMinutes());
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
            Numbers.finite(pace.speed(trainer.steps()) * config.lanes()));
    state.loss.clear();
    keep(() -> folder.log().append(report));
    if (pace.showIsDue()) {
      bar.show(report, done(state, pace), state.validation);
    }
  }

  /** Fraction of the training that is over, NaN if only patience ends it. */
  private double done(TrainingState state, Pace pace) {
    long total = config.totalUpdates(perEpoch);
    double byUpdates = total < 0 ? Double.NaN : (double) state.trainer.updates() / total;
    double byTime =
        config.maxMinutes() == 0 ? Double.NaN : pace.seconds() / (60 * config.maxMinutes());
    return Double.isNaN(byTime)
        ? byUpdates
        : Double.isNaN(byUpdates) ? byTime : Math.max(byUpdates, byTime);
  }

  /** Writing into a folder that has gone would make one that is no run. */
  private void requireThere() throws RunException {
    if (place != null) {
      place.requireThere();
    }
  }

  private void checkpoint(TrainingState state) throws IOException {
    requireThere();
    var about =
        new RunStatus.Checkpoint(
            state.trainer.updates(), state.trainer.epoch(), network.parameters().size(), run.run());
    folder.checkpoints().write(state.theta, state.save(), about.about());
  }

  /** Something that is written now and then; a full disk is no reason to lose the training. */
  private void keep(Writing writing) throws RunException {
    requireThere();
    try {
      writing.run();
    } catch (IOException e) {
      if (!warned) {
        warned = true;
        console.warn(
            "could not write into %s (%s); training goes on, free some space before it ends"
                .formatted(folder.path(), e.getMessage()));
      }
    }
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private @Nullable Figures finish(TrainingState state) throws IOException {
    Parameters theta = state.bestWeights();
    try {
      Figures figures =
          task.figures(network, theta, stop)
              .with(
                  new Figures.Training(
                      state.trainer.updates(),
                      state.validatedEpoch,
                      state.bestUpdate,
                      state.trainer.skippedUpdates(),
                      network.parameters().size()));
      requireThere();
      Json.write(folder.figures(), figures);
      draw(() -> Charts.loss(folder.lossChart(), folder.log().read(), task.lossUnit()));
      draw(() -> task.drawForecast(folder.forecastChart(), network, theta, stop));
      return figures;
    } catch (Stop.Asked _) {
      console.note(
          "Training is complete, the final figures are not; to get them: unspool resume "
              + folder.path());
      return null;
    }
  }

  /** A machine without fonts cannot draw; the figures matter more. */
  private void draw(Writing chart) throws IOException {
    stop.check();
    try {
      chart.run();
    } catch (LinkageError | java.awt.AWTError | InternalError e) {
      console.warn("could not draw a chart: " + e.getMessage());
    } catch (RuntimeException e) {
      if (e instanceof Stop.Asked) {
        throw e;
      }
      console.warn("could not draw a chart: " + e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.lm.LevenbergMarquardt;
import dev.unspool.lm.MultiStart;
import dev.unspool.lm.Residuals;
import dev.unspool.model.SplitMix64;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Fits a model, judges it, and leaves everything in a folder. */
public final class FitRun {
  private final FitTask task;
  private final NarxConfig shape;
  private final FittingConfig training;
  private final Console console;
  private final Stop stop;
  private final Consumer<FitFigures> say;

  /**
   * A fit of what was read for it.
   *
   * @param say told of the figures when they are written, before pictures are drawn
   */
  public FitRun(
      FitTask task, FittingConfig training, Console console, Stop stop, Consumer<FitFigures> say) {
    this.task = task;
    this.shape = task.plant().config();
    this.training = training;
    this.console = console;
    this.stop = stop;
    this.say = say;
  }

  /** Where a folder for the results comes from; it is made only when there are some. */
  @FunctionalInterface
  public interface Place {
    /** Makes it. */
    FitFolder create() throws IOException;
  }

  /**
   * Fits.
   *
   * @throws RunException if no start led to a model, or it was stopped before there was one; then
   *     nothing is left behind
   */
  public FitFigures run(Place place) throws IOException {
    return run(place, RunConfig.of(task.data(), shape, training), null);
  }

  /**
   * The same from the weights of another folder, as the only start.
   *
   * @param begun a model of the same shape
   */
  public FitFigures run(Place place, SavedPlant begun) throws IOException {
    RunConfig config = RunConfig.of(task.data(), shape, training).from(begun.folder().path());
    return run(place, config, begin(begun.trained().weights()));
  }

  private FitFigures run(Place place, RunConfig config, double @Nullable [] first)
      throws IOException {
    announce(config.from());
    FitSearch search = search(Advice.on(config));
    var kept =
        new BestSoFar(
            () -> withCell(place.create()),
            config.at(Path.of(config.file())).named(),
            task.empty().layout(),
            console);
    var progress = new FitProgress(console, stop, training, units(), kept);
    FitTask.Part stretch = task.stretch();
    MultiStart.Outcome outcome =
        search.begin(
            progress,
            kept,
            screening(stretch),
            () -> first != null ? List.of(first) : starts(stretch, progress),
            task.data().file());
    progress.ended();
    return judge(search, outcome, progress, kept);
  }

  /** A cell of the user's own has to be there before the folder is a run. */
  private FitFolder withCell(FitFolder folder) throws IOException {
    task.plant().keep(new RunFolder(folder.path()));
    return folder;
  }

  /**
   * Goes on from the best model so far, as the only start. What was kept stays until there is a
   * better one.
   */
  public FitFigures resume(FitFolder folder, RunConfig config, FitWeights saved)
      throws IOException {
    announce(null);
    FitSearch search = search(Advice.on(config));
    var kept = new BestSoFar(() -> folder, config, task.empty().layout(), console);
    var progress = new FitProgress(console, stop, training, units(), kept);
    double[] theta = begin(saved.theta());
    progress.goOnFrom(saved.about().step(), folder.readSteps(), theta, search.score(theta));
    MultiStart.Outcome outcome = search.run(progress, null, List::of);
    progress.ended();
    return judge(search, outcome, progress, kept);
  }

  /** Weights that are there, and initial outputs of this table where they are estimated. */
  private double[] begin(double[] weights) {
    return task.empty().with(weights).startingIn(task.signals()).theta();
  }

  private FitProgress.Units units() {
    return new FitProgress.Units(task.unit(), task.normalised(), task.valid() != null);
  }

  private FitSearch search(Advice advice) {
    return new FitSearch(
        training,
        problem(shape.feed(), task.train()),
        task.valid() == null ? null : theta -> task.validate(task.empty().with(theta)),
        advice,
        stop);
  }

  private FitFigures judge(
      FitSearch search, MultiStart.Outcome outcome, FitProgress progress, BestSoFar kept)
      throws IOException {
    double seconds = progress.seconds();
    FittedModel model = task.empty().with(outcome.theta());
    FitStep step = progress.stepOf(outcome);
    kept.better(model.weights(), step); // judging a long table takes long
    kept.keep(true, seconds);
    var judged = new Judgement(task, model);
    FitFigures figures = figures(judged, search, outcome, progress, seconds);
    judged.warnings(search.advice().cure()).forEach(console::warn);
    FitFolder folder = kept.finish(model.weights(), step, figures, () -> say.accept(figures));
    try {
      say.accept(figures); // first: a process that is to end waits only for a few seconds
    } finally { // also where whoever would read them is gone
      if (!stop.asked()) {
        judged.draw(folder, progress.steps(), figures, console);
      }
    }
    console.note("Everything is in " + folder.path());
    return figures;
  }

  /** What starts are screened on; null where they are not. */
  private @Nullable Residuals screening(FitTask.Part stretch) {
    if (training.search().starts() == 1 || stretch.to() - stretch.from() >= task.train().to()) {
      return null;
    }
    console.note(
        "starts are screened on rows %s to %s".formatted(stretch.from(), stretch.to() - 1));
    return problem(shape.feed(), stretch);
  }

  private Residuals problem(Identification how, FitTask.Part part) {
    return task.empty()
        .narx()
        .residuals(
            List.of(task.empty().series(part.signals(), part.from(), part.to())),
            how,
            shape.freeRun().initial(),
            training.depth());
  }

  /**
   * The first points. Every second one is fitted one step ahead before it is fitted in closed loop:
   * that is quick, and leads elsewhere than random weights do, for some plants to better places.
   */
  private List<double[]> starts(FitTask.Part stretch, FitProgress progress) {
    var starts = new ArrayList<double[]>();
    for (int i = 0; i < training.search().starts(); i++) {
      starts.add(
          task.empty().narx().initialise(new SplitMix64(training.search().seed() + i)).toDoubles());
    }
    if (shape.feed() == Identification.PARALLEL && !shape.outputDelays().isEmpty()) {
      var oneStep = new Stoppable(problem(Identification.SERIES_PARALLEL, stretch), stop);
      LevenbergMarquardt method = training.method(training.search().startIterations());
      for (int i = 1; i < training.search().starts() && progress.goesOn(); i += 2) {
        starts.set(i, method.fit(oneStep, starts.get(i), _ -> progress.goesOn()).theta());
      }
    }
    starts.replaceAll(this::withInitialOutputs);
    return starts;
  }

  /** Weights, followed by a first guess of the initial outputs where they are estimated. */
  private double[] withInitialOutputs(double[] weights) {
    double[] theta = Arrays.copyOf(weights, task.parameters());
    FitTask.Part train = task.train();
    double[] guess = task.empty().narx().firstGuess(task.empty().series(train.signals(), 0, 1));
    System.arraycopy(guess, 0, theta, weights.length, theta.length - weights.length);
    return theta;
  }

  private void announce(@Nullable String from) {
    if (task.signals().skippedRows() > 0) {
      console.note("Left out " + Numbers.count(task.signals().skippedRows(), "bad row"));
    }
    new Doubts(task).lines().forEach(console::warn);
    console.note(
        "%s, %s, %s%s"
            .formatted(
                shape.describe(),
                Numbers.count(task.empty().narx().parameters().size(), "parameter"),
                Numbers.count(task.train().to(), "training row"),
                from == null ? "" : ", from the weights of " + from));
    if (shape.freeRun().initial() == InitialOutputs.ZERO && task.restsAtMean()) {
      console.note(
          "--initial zero: the plant is taken to have been at %s before the first row, because --normalise %s takes that off; if it was at 0, use --normalise rms"
              .formatted(task.data().normalise().rest(), Labels.of(task.data().normalise())));
    }
  }

  private FitFigures figures(
      Judgement judged,
      FitSearch search,
      MultiStart.Outcome outcome,
      FitProgress progress,
      double seconds) {
    FitSearch.Ending ending = search.ending(outcome, progress);
    return new FitFigures(
        judged.train(),
        judged.valid(),
        judged.test(),
        ending.iterations(),
        ending.best(),
        ending.reason(),
        seconds,
        outcome.start() + 1,
        task.empty().narx().parameters().size(),
        ending.advice(),
        stop.asked() ? "not computed, it was stopped" : judged.standardErrors(search.problem()));
  }
}

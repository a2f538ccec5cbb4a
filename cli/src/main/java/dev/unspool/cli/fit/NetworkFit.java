// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Picture;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeriesLoss;
import dev.unspool.cli.run.SeriesSequences;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.UsageException;
import dev.unspool.jacobian.ModelResiduals;
import dev.unspool.lm.MultiStart;
import dev.unspool.lm.Residuals;
import dev.unspool.lm.Sequence;
import dev.unspool.model.Parameters;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finishes a network by Levenberg-Marquardt, from weights that are there: the squared errors of the
 * predictions that it was trained for, in float64. It is judged as its training was.
 */
public final class NetworkFit {
  private final SeriesTask task;
  private final SeriesSequences sequences;
  private final RunConfig config;
  private final FittingConfig fitting;
  private final Console console;
  private final Stop stop;
  private final Consumer<Figures> say;
  private final StepProgram network;
  private final FitSearch search;

  /**
   * A fit of what was read for it.
   *
   * @param config of the fit
   * @param say told of the figures as soon as there are some
   * @throws UsageException if the network cannot be fitted by least squares
   */
  public NetworkFit(
      SeriesTask task, RunConfig config, Console console, Stop stop, Consumer<Figures> say) {
    this(task, config, config.requireFitting(), console, stop, say);
  }

  /**
   * The same with other limits than its configuration says.
   *
   * @param fitting how it goes on
   */
  public NetworkFit(
      SeriesTask task,
      RunConfig config,
      FittingConfig fitting,
      Console console,
      Stop stop,
      Consumer<Figures> say) {
    this.task = task;
    this.sequences = new SeriesSequences(task.data());
    this.config = config;
    this.fitting = fitting;
    this.console = console;
    this.stop = stop;
    this.say = say;
    this.network = task.program();
    CsvConfig csv = config.requireCsv();
    if (csv.loss() == SeriesLoss.GAUSSIAN || csv.loss() == SeriesLoss.QUANTILE) {
      throw new UsageException(
          "a network that also says how sure it is (--loss %s) is not made by least squares; train one with --loss mse"
              .formatted(Labels.of(csv.loss())));
    }
    Residuals problem = problem(sequences.training(fitting.settling()));
    this.search = new FitSearch(fitting, problem, validation(), Advice.GOING_ON, stop);
  }

  private Residuals problem(Sequence sequence) {
    return new ModelResiduals(network, List.of(sequence), fitting.depth());
  }

  /** Root mean square of the errors on the validation part, in the network's units. */
  private @Nullable ToDoubleFunction<double[]> validation() {
    Sequence sequence = sequences.validation();
    if (sequence == null) {
      return null;
    }
    Residuals valid = problem(sequence);
    double errors = valid.count();
    return theta -> {
      double[] residuals = new double[valid.count()];
      valid.evaluate(theta, residuals);
      double squares = 0;
      for (double residual : residuals) {
        squares += residual * residual / errors;
      }
      return Math.sqrt(squares);
    };
  }

  /**
   * Fits.
   *
   * @param theta where it begins
   * @throws RunException if that led to no model, or it was stopped before there was one; then
   *     nothing is left behind
   */
  public Figures run(FitRun.Place place, double[] theta) throws IOException {
    announce();
    BestSoFar kept = kept(() -> withCell(place.create()));
    FitProgress progress = progress(kept);
    MultiStart.Outcome outcome =
        search.begin(progress, kept, null, () -> List.of(theta), config.file());
    progress.ended();
    return judge(outcome, progress, kept);
  }

  /** A cell of the user's own has to be there before the folder is a run. */
  private FitFolder withCell(FitFolder folder) throws IOException {
    task.keep(new RunFolder(folder.path()));
    return folder;
  }

  /** Goes on from the best weights so far. */
  public Figures resume(FitFolder folder, FitWeights saved) throws IOException {
    announce();
    BestSoFar kept = kept(() -> folder);
    FitProgress progress = progress(kept);
    double[] theta = saved.theta();
    progress.goOnFrom(saved.about().step(), folder.readSteps(), theta, search.score(theta));
    MultiStart.Outcome outcome = search.run(progress, null, List::of);
    progress.ended();
    return judge(outcome, progress, kept);
  }

  private BestSoFar kept(FitRun.Place place) {
    return new BestSoFar(place, config, network.parameters(), console);
  }

  private FitProgress progress(BestSoFar kept) {
    boolean several = config.requireCsv().targets().size() > 1;
    var units = new FitProgress.Units(task.data().unit(), several, search.validation() != null);
    return new FitProgress(console, stop, fitting, units, kept);
  }

  private void announce() {
    console.note(
        "%s, %s, %s, from the weights of %s"
            .formatted(
                task.describe(),
                Numbers.count(network.parameters().size(), "parameter"),
                Numbers.count(task.data().split().train().length(), "training row"),
                config.from()));
  }

  private Figures judge(MultiStart.Outcome outcome, FitProgress progress, BestSoFar kept)
      throws IOException {
    double seconds = progress.seconds();
    FitStep step = progress.stepOf(outcome);
    kept.better(outcome.theta(), step); // judging a long table takes long
    kept.keep(true, seconds);
    FitSearch.Ending ending = search.ending(outcome, progress);
    var theta = new Parameters(network.parameters());
    theta.set(outcome.theta());
    try (Stop unasked = Stop.onRequest()) {
      Figures figures =
          task.figures(theta, unasked)
              .with(
                  new Figures.Fitting(
                      ending.iterations(),
                      ending.best(),
                      ending.reason(),
                      seconds,
                      network.parameters().size(),
                      ending.advice()));
      FitFolder folder = kept.finish(outcome.theta(), step, figures, () -> say.accept(figures));
      try {
        say.accept(figures); // first: a process that is to end waits only for a few seconds
      } finally { // also where whoever would read them is gone
        if (!stop.asked()) {
          draw(folder, theta, progress, ending, unasked);
        }
      }
      console.note("Everything is in " + folder.path());
      return figures;
    }
  }

  private void draw(
      FitFolder folder,
      Parameters theta,
      FitProgress progress,
      FitSearch.Ending ending,
      Stop unasked) {
    var run = new RunFolder(folder.path());
    Picture.attempt(
        console, run.forecastChart(), () -> task.drawForecast(run.forecastChart(), theta, unasked));
    List<String> targets = config.requireCsv().targets();
    String unit = targets.size() == 1 ? "RMSE of " + targets.getFirst() : "RMSE (normalised)";
    Picture.attempt(
        console,
        folder.convergenceChart(),
        () ->
            Pictures.convergence(
                folder.convergenceChart(), unit, progress.steps(), 1, ending.best()));
  }
}

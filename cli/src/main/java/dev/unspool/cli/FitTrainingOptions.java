// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.DampingRule;
import dev.unspool.cli.run.FitMethod;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.UsageException;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a model is fitted. */
final class FitTrainingOptions {
  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = Choices.FitMethods.class,
      description = "Method: ${COMPLETION-CANDIDATES}, Levenberg-Marquardt. Default: lm.")
  FitMethod optimizer = FitMethod.LM;

  @Option(
      names = "--training",
      paramLabel = "HOW",
      completionCandidates = Choices.Feeds.class,
      description =
          "Which earlier outputs the model sees while it is fitted: its own, as in a simulation, or"
              + " the measured ones, one step ahead: ${COMPLETION-CANDIDATES}. Default: parallel, with --from"
              + " that of RUN.")
  @Nullable Identification training;

  @Option(
      names = "--initial",
      paramLabel = "HOW",
      completionCandidates = Choices.Initials.class,
      description =
          "What a simulation begins with: ${COMPLETION-CANDIDATES} (zero: the plant was at rest"
              + " before the first row, which is at the mean of its columns with --normalise standard"
              + " and at 0 with --normalise rms; measured: the rows of the longest delay; estimated: those"
              + " outputs before the first row that fit best). Default: measured, with --from that of"
              + " RUN.")
  @Nullable InitialOutputs initial;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description =
          "Most iterations, after those of the starts. Default: " + FitDefaults.ITERATIONS + ".")
  int iterations = FitDefaults.ITERATIONS;

  @Option(
      names = "--starts",
      paramLabel = "N",
      description =
          "First weights to try; the best start, by the validation part or else by the training"
              + " part, goes on. Default: "
              + FitDefaults.STARTS
              + ".")
  int starts = FitDefaults.STARTS;

  @Option(
      names = "--start-iterations",
      paramLabel = "N",
      description =
          "Iterations of each of several starts before the best goes on. Default: "
              + FitDefaults.START_ITERATIONS
              + ".")
  int startIterations = FitDefaults.START_ITERATIONS;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "End after so many iterations, after those of the starts, without a better simulation of"
              + " the validation part; 0: never. Default: "
              + FitDefaults.PATIENCE
              + ".")
  @Nullable Integer patience;

  @Option(
      names = "--max-minutes",
      paramLabel = "MINUTES",
      description = "End after so many minutes; 0: no limit. Default: 0.")
  double maxMinutes;

  @Option(
      names = "--damping",
      paramLabel = "RULE",
      completionCandidates = Choices.DampingRules.class,
      description =
          "How the damping follows success and failure: ${COMPLETION-CANDIDATES} (by the gain ratio,"
              + " or tenfold up and down). Default: nielsen.")
  DampingRule damping = DampingRule.NIELSEN;

  @Option(
      names = "--no-geodesic",
      description = "Straight steps, not bent by geodesic acceleration.")
  boolean straight;

  @Option(
      names = "--k2",
      paramLabel = "STEPS",
      description =
          "Truncate derivatives after so many steps; 0: never. Default: 0, with --cell "
              + FitDefaults.CELL_K2
              + ", with --from that of RUN.")
  @Nullable Integer k2;

  @Option(
      names = "--warm-up",
      paramLabel = "ROWS",
      description =
          "Rows at the beginning of a simulation that do not count while the state settles. Default:"
              + " 0, with --cell or --internal-delays "
              + FitDefaults.WARM_UP
              + ", with --from a network as many as --k2, a NARX model that of RUN.")
  @Nullable Integer warmUp;

  @Option(
      names = "--scale-memory",
      paramLabel = "M",
      description =
          "What of the scales of parameters is left an iteration later, 0 to 1: scales that forget"
              + " let a fit go on that began in steep country. Default: 1, they never forget.")
  @Nullable Double scaleMemory;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the first weights. Default: " + FitDefaults.SEED + ".")
  long seed = FitDefaults.SEED;

  /**
   * A NARX model that runs as is said here.
   *
   * @param plant how it runs where nothing is said
   */
  Plant run(Plant plant) {
    NarxConfig shape = plant.config();
    return plant.with(
        shape.with(
            training != null ? training : shape.feed(),
            new NarxConfig.FreeRun(
                initial != null ? initial : shape.freeRun().initial(),
                warmUp != null ? warmUp : shape.freeRun().warmUp())));
  }

  /** How a NARX model is fitted. */
  FittingConfig fitting(NarxConfig shape) {
    requireDepthWithMeaning(shape);
    return of(starts, startIterations, shape.cell() != null ? FitDefaults.CELL_K2 : 0, null);
  }

  /**
   * How a NARX model is finished that has been fitted or trained.
   *
   * @param depth of its derivatives then
   */
  FittingConfig finishing(NarxConfig shape, int depth) {
    requireDepthWithMeaning(shape);
    return of(1, startIterations, depth, null);
  }

  /**
   * How a network is finished that has been trained.
   *
   * @param depth of its sweeps
   */
  FittingConfig finishing(int depth) {
    int settling = k2 != null ? k2 : depth;
    return of(1, iterations, depth, warmUp != null ? warmUp : settling);
  }

  private void requireDepthWithMeaning(NarxConfig shape) {
    if (k2 != null && k2 > 0 && !shape.isRecurrent()) {
      throw new UsageException(
          "--k2 has no meaning here: no output of this model depends on its own past while it is fitted (--training parallel and --output-delays would make it so)");
    }
  }

  private FittingConfig of(int tried, int each, int depth, @Nullable Integer settling) {
    return new FittingConfig(
        optimizer,
        new FittingConfig.Search(tried, each, seed),
        new FittingConfig.Limit(
            iterations, patience != null ? patience : FitDefaults.PATIENCE, maxMinutes),
        new FittingConfig.Rule(damping, !straight, scaleMemory),
        k2 != null ? k2 : depth,
        settling);
  }
}

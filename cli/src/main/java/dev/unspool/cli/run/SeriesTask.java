// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Charts;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Normalisation;
import dev.unspool.data.Range;
import dev.unspool.data.SeriesSource;
import dev.unspool.data.Split;
import dev.unspool.data.Table;
import dev.unspool.engine.BlockSource;
import dev.unspool.inference.Evaluation;
import dev.unspool.lm.Sequence;
import dev.unspool.loss.GaussianNegativeLogLikelihood;
import dev.unspool.loss.Huber;
import dev.unspool.loss.Loss;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Forecasting columns of a table. */
public final class SeriesTask implements Task {
  /** Steps run before a part is judged; a longer past makes no difference that could be seen. */
  private static final long WARM_UP = 100_000;

  private static final int BLOCK_STEPS = 256;
  private static final int CHART_ROWS = 2_000;

  private final CsvConfig config;
  private final Architecture architecture;
  private final Network network;
  private final Table table;
  private final CsvConfig.Facts facts;
  private final Normalisation normalisation;
  private final List<TargetScale> targets;

  private SeriesTask(CsvConfig config, Architecture network, Table table, CsvConfig.Facts facts) {
    this.config = config.with(facts);
    this.table = table;
    this.facts = facts;
    this.normalisation = facts.normalisation();
    this.targets = scales(config, table, normalisation, facts.change());
    this.network =
        new Network(network.spec(new Input.Numeric(config.inputs().size()), config.outputs()));
    this.architecture = network;
  }

  /**
   * Reads the table.
   *
   * @throws UsageException if a column is not there
   */
  public static SeriesTask open(CsvConfig config, Architecture network) throws IOException {
    return open(config, network, config.columns());
  }

  /**
   * Reads the table of a new run that keeps the scales of an earlier one.
   *
   * @param config with what was found in the table of the earlier run
   */
  public static SeriesTask anew(CsvConfig config, Architecture network) throws IOException {
    CsvConfig.Facts kept = Objects.requireNonNull(config.facts());
    Path path = Path.of(config.file());
    Table table = config.format().open(path, config.columns()).read(config.columns());
    try {
      return new SeriesTask(config, network, table, SeriesFacts.of(config, table, kept));
    } catch (IOException | RuntimeException e) {
      table.close();
      throw e;
    }
  }

  /**
   * Reads a table that may lack the targets, for a model that does without them.
   *
   * @param columns that are read
   */
  public static SeriesTask open(CsvConfig config, Architecture network, List<String> columns)
      throws IOException {
    Path path = Path.of(config.file());
    Table table = config.format().open(path, columns).read(columns);
    try {
      CsvConfig.Facts facts = config.facts();
      if (facts == null) {
        facts = SeriesFacts.of(config, table);
      }
      return new SeriesTask(config, network, table, facts);
    } catch (IOException | RuntimeException e) {
      table.close();
      throw e;
    }
  }

  private static List<TargetScale> scales(
      CsvConfig config, Table table, Normalisation normalisation, double[] change) {
    var scales = new ArrayList<TargetScale>();
    for (String target : config.targets()) {
      int index = normalisation.columns().indexOf(target);
      scales.add(
          new TargetScale(
              target,
              table.columns().indexOf(target),
              config.predictsChange(target) ? config.inputs().indexOf(target) : -1,
              config.knows(target),
              normalisation.mean(index),
              normalisation.deviation(index),
              change[scales.size()]));
    }
    return scales;
  }

  /** The configuration, with what was found in the file. */
  public CsvConfig config() {
    return config;
  }

  /** Number of bad rows that were left out. */
  public long skippedRows() {
    return facts.skippedRows();
  }

  /**
   * What people should know about the data before they train on them, one line each: wild values,
   * and targets that rest in a part that judges.
   */
  public List<String> doubts() {
    var doubts = new ArrayList<String>();
    if (config.normalise() != SeriesScale.ROBUST) {
      doubts.addAll(doubts("training", split().train(), config.columns()));
    }
    doubts.addAll(doubts("validation", split().valid(), config.targets()));
    doubts.addAll(doubts("test", split().test(), config.targets()));
    return doubts;
  }

  private List<String> doubts(String part, Range rows, List<String> columns) {
    var doubts = new ArrayList<String>();
    for (String name : rows.isEmpty() ? List.<String>of() : columns) {
      int column = table.column(name);
      if (SeriesFacts.isConstant(table, column, rows)) {
        doubts.add("'%s' never moves in the %s part".formatted(name, part));
      }
      doubts.addAll(
          WildValues.in(part, name, rows.from(), rows.to(), row -> table.get(row, column)));
    }
    return doubts;
  }

  /** Whether no target is known where the next value is predicted: a soft sensor, or a plant. */
  public boolean knowsNoTarget() {
    return targets.stream().noneMatch(TargetScale::known);
  }

  private Split split() {
    return Parts.of(config.file(), table.rows(), "rows", config.valid(), config.test());
  }

  /** The rows. */
  public Table table() {
    return table;
  }

  /** What the outputs say. */
  List<TargetScale> targets() {
    return targets;
  }

  /** Rows of the training part. */
  public Range train() {
    return split().train();
  }

  /**
   * The training part as least squares see it, in the network's units and float64.
   *
   * @param warmUp steps at the beginning that do not count
   */
  public Sequence trainingSequence(int warmUp) {
    Range rows = split().train();
    return sequence(rows.from(), rows.to(), rows.from() + config.horizon() + warmUp);
  }

  /** Every step up to the end of the validation part, which alone counts; null without one. */
  public @Nullable Sequence validationSequence() {
    Range rows = split().valid();
    return rows.isEmpty() ? null : sequence(firstStep(rows), rows.to(), rows.from());
  }

  /**
   * Steps whose inputs and targets are in some rows.
   *
   * @param counting the first row whose target counts
   */
  private Sequence sequence(long from, long to, long counting) {
    int steps = Math.toIntExact(Math.max(0, to - from - config.horizon()));
    int inputs = config.inputs().size();
    double[] x = new double[Math.multiplyExact(steps, inputs)];
    double[] y = new double[Math.multiplyExact(steps, targets.size())];
    double[] weights = new double[steps];
    for (int t = 0; t < steps; t++) {
      long row = from + t;
      for (int i = 0; i < inputs; i++) {
        int scale = normalisation.indexOf(config.inputs().get(i));
        double value = table.get(row, table.column(config.inputs().get(i)));
        x[t * inputs + i] = (value - normalisation.mean(scale)) / normalisation.deviation(scale);
      }
      for (int i = 0; i < targets.size(); i++) {
        TargetScale target = targets.get(i);
        double newest = table.get(row, target.column());
        y[t * targets.size() + i] =
            target.output(table.get(row + config.horizon(), target.column()), newest);
      }
      weights[t] = row + config.horizon() >= counting ? 1 : 0;
    }
    return new Sequence(x, y, weights);
  }

  /** What an error of 1 of the network is in the target's units; 1 with several targets. */
  public double unit() {
    return targets.size() == 1 ? targets.getFirst().unit() : 1;
  }

  /** Scales of the inputs. */
  Normalisation normalisation() {
    return normalisation;
  }

  /**
   * A value of a target.
   *
   * @param target number of the target
   */
  public double truth(long row, int target) {
    return table.get(row, targets.get(target).column());
  }

  @Override
  public void requireUnchanged() throws IOException {
    long bytes = Files.size(Path.of(config.file()));
    if (bytes != facts.bytes() || table.rows() != facts.rows()) {
      throw new RunException(
          "%s has changed since training began: %s rows in %s bytes, now %s rows in %s bytes; put the old file back or train a new run"
              .formatted(config.file(), facts.rows(), facts.bytes(), table.rows(), bytes));
    }
    if (facts.crc32c() != null && !facts.crc32c().equals(Digest.of(table, config.columns()))) {
      throw new RunException(
          "%s has changed since training began: it is as long as it was, but has other numbers in the columns %s; put the old file back or train a new run"
              .formatted(config.file(), String.join(", ", config.columns())));
    }
  }

  @Override
  public void keep(RunFolder folder) throws IOException {
    architecture.keep(folder);
  }

  @Override
  public StepProgram program() {
    return network.program();
  }

  @Override
  public String describe() {
    return network.toString();
  }

  @Override
  public Parameters initialise(RandomGenerator random) {
    return network.initialise(architecture.config().initialisation(), random);
  }

  @Override
  public Loss loss() {
    return switch (config.loss()) {
      case MSE -> new MeanSquaredError();
      case HUBER -> new Huber(1);
      case GAUSSIAN -> new GaussianNegativeLogLikelihood();
    };
  }

  @Override
  public String lossUnit() {
    return switch (config.loss()) {
      case MSE -> "mean squared error (normalised)";
      case HUBER -> "Huber loss (normalised)";
      case GAUSSIAN -> "negative log-likelihood (normalised)";
    };
  }

  @Override
  public BlockSource training(int lanes) {
    return source(split().train(), lanes, 0);
  }

  private BlockSource source(Range range, int lanes, long warmUp) {
    return new ChangeSource(
        SeriesSource.builder(table)
            .range(range)
            .inputs(config.inputs())
            .targets(config.targets())
            .horizon(config.horizon())
            .lanes(lanes)
            .normalisation(normalisation)
            .warmUp(warmUp)
            .build(),
        table,
        config.horizon(),
        targets);
  }

  @Override
  public boolean validates() {
    return split().valid().to() > split().valid().from();
  }

  @Override
  public double validate(Parameters theta, Stop stop) throws IOException {
    return evaluate(theta, split().valid(), stop, (_, _) -> stop.check()).loss();
  }

  @Override
  public Figures figures(Parameters theta, Stop stop) throws IOException {
    return new Figures(
        score(theta, split().test(), stop, (_, _, _) -> {}),
        score(theta, split().valid(), stop, (_, _, _) -> {}),
        null,
        null);
  }

  /**
   * The figures of all rows, as of a table that the run has never seen.
   *
   * @param warmUp number of rows at the beginning that do not count, in which the state settles
   * @throws Stop.Asked if the run is to end
   */
  public Figures figuresOfAll(Parameters theta, int warmUp, Stop stop) throws IOException {
    long least = Math.max(config.horizon(), warmUp);
    if (table.rows() <= least) {
      throw new RunException(
          "%s has %s; a %s of %s needs at least %s"
              .formatted(
                  config.file(),
                  Numbers.count(table.rows(), "row"),
                  warmUp > config.horizon() ? "warm-up" : "horizon",
                  least,
                  least + 1));
    }
    return new Figures(
        null, null, score(theta, new Range(warmUp, table.rows()), stop, (_, _, _) -> {}), null);
  }

  private Figures.@Nullable Series score(
      Parameters theta, Range part, Stop stop, SeriesScore.Listener listener) throws IOException {
    if (part.to() - Math.max(part.from(), config.horizon()) < 1) {
      return null;
    }
    var score = new SeriesScore(table, targets, config.horizon(), firstStep(part), stop, listener);
    evaluate(theta, part, stop, score);
    return score.figures();
  }

  /** Predicts each row of a part from everything before it. */
  private Evaluation evaluate(
      Parameters theta, Range part, Stop stop, Evaluation.OutputConsumer consumer)
      throws IOException {
    stop.check();
    long from = Math.max(0, part.from() - config.horizon());
    try (BlockSource source = source(new Range(from, part.to()), 1, from - firstStep(part))) {
      return Evaluation.run(network, theta, source, loss(), BLOCK_STEPS, consumer);
    }
  }

  private long firstStep(Range part) {
    return Math.max(0, part.from() - config.horizon() - WARM_UP);
  }

  @Override
  public void drawForecast(Path png, Parameters theta, Stop stop) throws IOException {
    boolean tests = split().test().to() > split().test().from();
    Range part = tests ? split().test() : split().valid();
    long first = Math.max(part.from(), part.to() - CHART_ROWS);
    var rows = new ArrayList<Long>();
    var truth = new ArrayList<Double>();
    var predictions = new ArrayList<Double>();
    score(
        theta,
        part,
        stop,
        (row, target, prediction) -> {
          if (row >= first && target == 0) {
            rows.add(row);
            truth.add(table.get(row, targets.getFirst().column()));
            predictions.add(prediction);
          }
        });
    if (!rows.isEmpty()) {
      String title =
          "%s part, %s step%s ahead"
              .formatted(
                  tests ? "Test" : "Validation",
                  config.horizon(),
                  config.horizon() == 1 ? "" : "s");
      Charts.forecast(png, title, targets.getFirst().name(), rows, truth, rows, predictions);
    }
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Digest;
import dev.unspool.cli.run.Extent;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.Normalisation;
import dev.unspool.data.Range;
import dev.unspool.data.Split;
import dev.unspool.data.Table;
import dev.unspool.narx.InitialOutputs;
import dev.unspool.narx.NarxCore;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measurements in parts, and the model that is to be fitted to them.
 *
 * @param data where they come from
 * @param signals the rows of the table
 * @param testSignals rows of a table of its own for the test, if there is one
 * @param split of the rows of the first table
 * @param plant what the model is
 * @param empty the model, without weights
 */
public record FitTask(
    CsvConfig data,
    Signals signals,
    @Nullable Signals testSignals,
    Split split,
    Plant plant,
    FittedModel empty) {

  private static final int STRETCH = 5_000;
  private static final int ROWS_A_PARAMETER = 10;

  /**
   * Rows of a table.
   *
   * @param signals of the table
   * @param from the first row
   * @param to the row after the last
   */
  record Part(Signals signals, int from, int to) {}

  /**
   * Reads the tables and refuses what cannot be learned from.
   *
   * @throws RunException with one line about what was found and what to do
   */
  public static FitTask open(CsvConfig data, Plant plant) throws IOException {
    try (Measured table = Measured.read(data, data.columns())) {
      return of(data, plant, table, data.facts() == null);
    }
  }

  /**
   * The same for a new fit, which may be to another table and keeps scales that were measured.
   *
   * @param data with the scales
   */
  public static FitTask anew(CsvConfig data, Plant plant) throws IOException {
    try (Measured table = Measured.read(data, data.columns())) {
      return of(data, plant, table, true);
    }
  }

  /**
   * The same of a table that was read.
   *
   * @param measures whether what was found in an earlier table, but for its scales, is not this one
   */
  static FitTask of(CsvConfig data, Plant plant, Measured measured, boolean measures)
      throws IOException {
    Table table = measured.table();
    Signals testSignals =
        data.testFile() == null
            ? null
            : Signals.read(Path.of(data.testFile()), data.format(), data.inputs(), data.targets());
    Signals signals = Signals.of(Path.of(data.file()), table, data.inputs(), data.targets());
    Split split;
    try {
      split = Split.byFraction(signals.rows(), data.valid(), data.test());
    } catch (IllegalArgumentException e) {
      throw new RunException("%s: %s".formatted(data.file(), e.getMessage()));
    }
    CsvConfig found =
        measures
            ? data.with(facts(data, measured, split.train(), digest(signals, testSignals)))
            : data;
    FittedModel model;
    try {
      model = FittedModel.of(found, plant);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
    var task = new FitTask(found, signals, testSignals, split, plant, model);
    task.requireEnoughRows();
    task.requireVariedTargets();
    task.requireOwnTargets();
    return task;
  }

  /** What is measured of a table; scales are of the training part, unless there are some. */
  private static CsvConfig.Facts facts(
      CsvConfig data, Measured measured, Range train, String digest) throws IOException {
    Table table = measured.table();
    TimeAxis axis = measured.axis();
    CsvConfig.Facts kept = data.facts();
    Normalisation scales;
    try {
      scales =
          kept != null
              ? kept.normalisation().of(data.columns())
              : data.normalise().of(table, data.columns(), train);
    } catch (IllegalArgumentException e) {
      throw new RunException("%s: %s".formatted(data.file(), e.getMessage()));
    }
    double[] change = new double[data.targets().size()];
    Arrays.fill(change, 1);
    return new CsvConfig.Facts(
        Files.size(Path.of(data.file())),
        table.rows(),
        table.skippedRows(),
        data.columns(),
        each(data, scales::mean),
        each(data, scales::deviation),
        change,
        digest,
        axis == null
            ? null
            : new Extent(
                table.rows(), List.of(), ModelDescription.Clock.of(axis), measured.unclear()),
        0);
  }

  private static double[] each(CsvConfig data, IntToDoubleFunction figure) {
    return IntStream.range(0, data.columns().size()).mapToDouble(figure).toArray();
  }

  /** Refuses rows that are not those of which its facts were measured. */
  public void requireUnchanged() throws RunException {
    CsvConfig.Facts facts = data.facts();
    if (facts == null || !digest(signals, testSignals).equals(facts.crc32c())) {
      throw new RunException(
          "%s is not what it was when the model was begun, and nothing goes on with other measurements; give the old ones with --data, or begin anew with --force"
              .formatted(data.file()));
    }
  }

  /** When the rows of a part are; null where nobody knows. */
  @Nullable TimeAxis axis(Part part) {
    return part.signals() == signals ? data.axis() : null;
  }

  /** What people should know about when its rows are; null where nobody knows. */
  public @Nullable String time() {
    TimeConfig time = data.time();
    TimeAxis axis = data.axis();
    return time == null || axis == null
        ? null
        : "Time is %s: %s, from %s to %s"
            .formatted(
                time.described(), axis.describe(), axis.label(0), axis.label(signals.rows() - 1L));
  }

  /** Figures of free runs over the parts that a model was not made from. */
  public Figures held(FittedModel model) {
    var judged = new Judgement(this, model);
    return new Figures(judged.test(), judged.valid(), null, null);
  }

  /**
   * Error of a free run over the validation part, root mean square in the model's units.
   *
   * @throws IllegalStateException if there is no such part
   */
  double validate(FittedModel model) {
    Part valid = valid();
    if (valid == null) {
      throw new IllegalStateException("no validation part");
    }
    Trace trace = model.simulate(valid.signals(), valid.from(), valid.to());
    double squares = 0;
    int targets = data.targets().size();
    for (int i = 0; i < targets; i++) {
      double error = trace.agreements().get(i).rmse() / empty.targetScale().deviation(i);
      squares += error * error / targets;
    }
    return Math.sqrt(squares);
  }

  private static String digest(Signals signals, @Nullable Signals testSignals) {
    var digest = new Digest();
    signals.addTo(digest);
    if (testSignals != null) {
      testSignals.addTo(digest);
    }
    return digest.toString();
  }

  /** Whether the model sees earlier outputs. */
  boolean feedsBack() {
    return !empty.narx().spec().outputDelays().isEmpty();
  }

  /** Whether it carries more from step to step than that. */
  boolean remembers() {
    var spec = empty.narx().spec();
    return spec.core() instanceof NarxCore.Recurrent || !spec.internalDelays().isEmpty();
  }

  /** The training part. */
  Part train() {
    return new Part(signals, 0, (int) split.train().to());
  }

  /**
   * The stretch of the training part on which first weights are tried, long enough to tell good
   * ones from bad ones: all of a short one; of a long one, where the targets vary most, because a
   * plant at rest teaches little; but the beginning where a simulation begins with the first row.
   */
  Part stretch() {
    int all = train().to();
    int rows =
        (int)
            Math.min(all, empty.lead() + Math.max(STRETCH, ROWS_A_PARAMETER * (long) parameters()));
    int best = 0;
    double most = 0;
    boolean fixed = empty.initial() != InitialOutputs.MEASURED;
    for (int from = 0; from <= all - rows && !(fixed && from > 0); from += Math.max(1, rows / 2)) {
      double variation = variation(from, from + rows);
      if (variation > most) {
        most = variation;
        best = from;
      }
    }
    return most > 0 ? new Part(signals, best, best + rows) : train();
  }

  /** Variance of the targets in the model's units, added up. */
  private double variation(int from, int to) {
    double sum = 0;
    for (int i = 0; i < data.targets().size(); i++) {
      double[] target = signals.target(i, from, to);
      double mean = Arrays.stream(target).average().orElse(0);
      double unit = empty.targetScale().deviation(i);
      for (double value : target) {
        sum += Math.pow((value - mean) / unit, 2) / target.length;
      }
    }
    return sum;
  }

  /** The validation part, or null. */
  @Nullable Part valid() {
    return split.valid().isEmpty()
        ? null
        : new Part(signals, (int) split.valid().from(), (int) split.valid().to());
  }

  /** The test part, or null. */
  @Nullable Part test() {
    if (testSignals != null) {
      return new Part(testSignals, 0, testSignals.rows());
    }
    return split.test().isEmpty()
        ? null
        : new Part(signals, (int) split.test().from(), (int) split.test().to());
  }

  /** What an error of 1 in the model's units is in the target's; 1 if there are several targets. */
  double unit() {
    return data.targets().size() == 1 ? empty.targetScale().deviation(0) : 1;
  }

  /** Whether errors of all targets together are in the model's units, not in the targets'. */
  boolean normalised() {
    return data.targets().size() > 1 && data.normalise() != SeriesScale.NONE;
  }

  /** Whether the columns are at their means where the model is at rest, and these are not 0. */
  boolean restsAtMean() {
    return Stream.of(empty.inputScale(), empty.targetScale())
        .anyMatch(
            scale -> IntStream.range(0, scale.columns().size()).anyMatch(i -> scale.mean(i) != 0));
  }

  /** Number of values that are fitted: weights, and initial outputs where they are estimated. */
  int parameters() {
    boolean estimated = empty.initial() == InitialOutputs.ESTIMATED;
    return empty.narx().parameters().size() + (estimated ? empty.narx().initialOutputs() : 0);
  }

  private void requireEnoughRows() throws RunException {
    int rows = train().to();
    int lead = empty.lead();
    int targets = data.targets().size();
    int parameters = parameters();
    String found =
        "%s has %s, of which %s are for training"
            .formatted(data.file(), Numbers.count(signals.rows(), "row"), rows);
    String taking =
        empty.initial() == InitialOutputs.MEASURED
            ? "the longest delay and --warm-up take"
            : "--warm-up takes";
    if (rows <= lead) {
      throw new RunException(
          "%s; %s the first %s of them and leave none: use shorter delays, a shorter --warm-up or more data"
              .formatted(found, taking, lead));
    }
    if ((long) (rows - lead) * targets < parameters) {
      throw new RunException(
          "%s; %s residuals cannot determine %s parameters: use fewer --hidden units or delays, smaller --valid and --test, or more data"
              .formatted(found, (rows - lead) * targets, parameters));
    }
    if (testSignals != null && testSignals.rows() <= lead) {
      throw new RunException(
          "%s has %s; %s the first %s of them and leave none to judge"
              .formatted(data.testFile(), Numbers.count(testSignals.rows(), "row"), taking, lead));
    }
  }

  private void requireVariedTargets() throws RunException {
    for (int i = 0; i < data.targets().size(); i++) {
      if (isConstant(signals.target(i, 0, train().to()))) {
        throw new RunException(
            "%s: target '%s' is %s in all %s training rows, so there is nothing to learn; choose another target, or data in which it moves"
                .formatted(
                    data.file(), data.targets().get(i), Numbers.of(signals.y()[i]), train().to()));
      }
    }
  }

  private void requireOwnTargets() {
    for (int i = 0; i < data.inputs().size(); i++) {
      double[] input = signals.input(i, 0, train().to());
      for (int j = 0; j < data.targets().size(); j++) {
        if (Arrays.equals(input, signals.target(j, 0, train().to()))) {
          throw new UsageException(
              "input '%s' equals target '%s' in every training row: the model would only copy it; leave it out of --input"
                  .formatted(data.inputs().get(i), data.targets().get(j)));
        }
      }
    }
  }

  /** Whether all values are the same. */
  static boolean isConstant(double[] values) {
    for (double value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }
}

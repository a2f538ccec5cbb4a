// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.CsvFile;
import dev.unspool.data.Normalisation;
import dev.unspool.data.Range;
import dev.unspool.data.SeriesSource;
import dev.unspool.data.Split;
import dev.unspool.data.Table;
import dev.unspool.data.TimedTable;
import dev.unspool.engine.BlockSource;
import dev.unspool.predict.ClockRows;
import dev.unspool.predict.Features;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The table of a run, in parts, and what a network's inputs and outputs say about it. */
public final class SeriesData implements AutoCloseable {
  private static final String ADVICE_ON_MISSING =
      "--fill last keeps the row and flags the number; --skip-bad-rows leaves the row out, and those around it become neighbours";

  private final CsvConfig config;
  private final Table table;
  private final CsvConfig.Facts facts;
  private final @Nullable TimeAxis axis;
  private final TimedTable.@Nullable Found found;
  private final long end;
  private final Features.Seen seen;
  private final Normalisation normalisation;
  private final Outputs outputs;
  private final List<TargetScale> targets;

  private SeriesData(CsvConfig config, Rows rows, CsvConfig.Facts facts) {
    this.config = config.with(facts);
    this.table = rows.table();
    this.axis = rows.axis();
    this.found = rows.found();
    this.end = end(table, config.targets());
    this.facts = facts;
    this.seen = this.config.features(table.columns()).over(table.andNothingAfter(), axis);
    this.normalisation = facts.normalisation();
    this.outputs = this.config.outputs();
    this.targets = outputs.targets().stream().map(this::inTable).toList();
  }

  /**
   * Reads the table.
   *
   * @throws UsageException if a column is not there
   */
  public static SeriesData open(CsvConfig config) throws IOException {
    return open(config, config.columns());
  }

  /**
   * Reads a table that may lack the targets, for a model that does without them.
   *
   * @param columns that are read
   */
  public static SeriesData open(CsvConfig config, List<String> columns) throws IOException {
    CsvConfig.Facts known = config.facts();
    return read(
        config, columns, rows -> known != null ? known : SeriesFacts.of(config, rows, null, false));
  }

  /**
   * Reads the table of a new run that goes on from an earlier one.
   *
   * @param config with what was found in the table of the earlier run
   * @param rescale whether its scales are measured anew
   */
  static SeriesData anew(CsvConfig config, boolean rescale) throws IOException {
    CsvConfig.Facts before = Objects.requireNonNull(config.facts());
    List<String> columns = config.columns();
    Rows rows = config.time() == null ? rows(config, columns) : rows(TimesOfRun.anew(config));
    return read(config, rows, _ -> SeriesFacts.of(config, rows, before, rescale));
  }

  /**
   * Reads a table that has grown since a run has learned from it.
   *
   * @param config with what was found in it then
   * @param rescale whether scales are measured anew
   * @throws RunException if it does not begin with the rows that were learned from
   */
  static SeriesData grown(CsvConfig config, boolean rescale) throws IOException {
    CsvConfig.Facts before = Objects.requireNonNull(config.facts());
    return read(
        config,
        config.columns(),
        rows -> {
          requireGrown(config, rows, before);
          return SeriesFacts.of(config, rows, before, rescale).grownFrom(before.rows());
        });
  }

  private static void requireGrown(CsvConfig config, Rows rows, CsvConfig.Facts before)
      throws RunException {
    long learned = before.learned();
    TimeAxis axis = rows.axis();
    boolean same =
        rows.table().rows() >= learned
            && Digest.of(rows.table(), config.columns(), learned).equals(before.crc32c())
            && Objects.equals(axis, config.axis());
    if (!same) {
      throw new RunException(
          "%s does not begin with the %s that were learned from: there are fewer, or other numbers in the columns %s; give a table that begins with them, or begin a new run with 'unspool train --from RUN --csv FILE'"
              .formatted(
                  config.file(), Numbers.count(learned, "row"), CsvLine.list(config.columns())));
    }
    if (end(rows.table(), config.targets()) <= learned) {
      throw new RunException(
          "%s has no row behind the %s that were learned from, so there is nothing new to learn"
              .formatted(config.file(), learned));
    }
  }

  /**
   * Reads a table that may go on from a run's own, if both say when their rows are.
   *
   * @param config of the table, with what was found in the run's own
   * @param own the run's table
   * @param notes gets a line that says how they join
   */
  public static SeriesData after(CsvConfig own, CsvConfig config, List<String> notes)
      throws IOException {
    if (config.time() == null) {
      return open(config);
    }
    TimedTable newer = TimesOfRun.read(config, config.columns());
    try {
      Rows joined = new Joint(own, notes).join(config, newer);
      return new SeriesData(config, joined, Objects.requireNonNull(config.facts()));
    } catch (IOException | RuntimeException e) {
      newer.close();
      throw e;
    }
  }

  /**
   * Rows that were read.
   *
   * @param table the numbers
   * @param axis when its rows are; null where nobody knows
   * @param found what was found in the file; null without a time
   */
  record Rows(Table table, @Nullable TimeAxis axis, TimedTable.@Nullable Found found) {}

  /** What is known of a table. */
  @FunctionalInterface
  private interface Finding {
    CsvConfig.Facts in(Rows rows) throws IOException;
  }

  private static SeriesData read(CsvConfig config, List<String> columns, Finding finding)
      throws IOException {
    return read(config, rows(config, columns), finding);
  }

  private static SeriesData read(CsvConfig config, Rows rows, Finding finding) throws IOException {
    try {
      return new SeriesData(config, rows, finding.in(rows));
    } catch (IOException | RuntimeException e) {
      rows.table().close();
      throw e;
    }
  }

  private static Rows rows(CsvConfig config, List<String> columns) throws IOException {
    if (config.time() == null) {
      CsvFile file = config.format().open(Path.of(config.file()), columns);
      boolean isNew = config.facts() == null; // later tables of a run are read as its first one
      CsvFile table =
          config.gaps() != null
              ? file.keepingMissing()
              : isNew ? file.withAdvice(TableFormat.ADVICE, ADVICE_ON_MISSING) : file;
      return new Rows(table.read(columns), null, null);
    }
    return rows(TimesOfRun.read(config, columns));
  }

  private static Rows rows(TimedTable timed) {
    return new Rows(timed.table(), timed.axis(), timed.found());
  }

  /** Rows up to the newest that has a target; all where there are none in the table. */
  static long end(Table table, List<String> targets) {
    long end = -1;
    for (String target : targets) {
      int column = table.columns().indexOf(target);
      end = Math.max(end, column < 0 ? table.rows() - 1 : table.known(table.rows() - 1, column));
    }
    return end + 1;
  }

  private TargetScale inTable(Outputs.Target target) {
    String name = target.name();
    return new TargetScale(table.columns().indexOf(name), config.knows(name), target);
  }

  /** The configuration, with what was found in the file. */
  public CsvConfig config() {
    return config;
  }

  /** The rows. */
  public Table table() {
    return table;
  }

  /** When the rows are; null where nobody knows. */
  public @Nullable TimeAxis axis() {
    return axis;
  }

  /** What was found in the file about time; null where nobody knows it. */
  TimedTable.@Nullable Found found() {
    return found;
  }

  /** Rows up to the newest that has a target; what stands behind them is the future. */
  public long end() {
    return end;
  }

  /** What the network sees of the rows. */
  Features.Seen seen() {
    return seen;
  }

  /** A row for people: its time, or its number. */
  public String label(long row) {
    return axis == null ? "row " + row : axis.label(row);
  }

  /** The newest known value of a target; NaN if there is none yet. */
  double newest(long row, int target) {
    int column = targets.get(target).column();
    long known = table.known(row, column);
    return known < 0 ? Double.NaN : table.get(known, column);
  }

  /** What the outputs say. */
  public Outputs outputs() {
    return outputs;
  }

  /** The targets, in the table. */
  List<TargetScale> targets() {
    return targets;
  }

  /** Rows with the columns of the table, and behind these what the network sees of their time. */
  ClockRows withClock(dev.unspool.predict.Rows of) {
    return new ClockRows(of, table.columns().size(), seen.features().calendar(), axis);
  }

  /** Scales of the columns. */
  Normalisation normalisation() {
    return normalisation;
  }

  /** Training, validation and test part. */
  public Split split() {
    return Parts.of(config.file(), end, "rows", config.valid(), config.test());
  }

  /** What an error of 1 of the network is in the target's units; 1 where there are several. */
  public double unit() {
    return outputs.values() == 1 ? outputs.targets().getFirst().units().getFirst() : 1;
  }

  /**
   * A value of a target; NaN where it is missing.
   *
   * @param target number of the target
   */
  public double truth(long row, int target) {
    return table.get(row, targets.get(target).column());
  }

  /**
   * Some rows as a network sees them.
   *
   * @param warmUp rows before each lane that are run and do not count
   */
  BlockSource source(Range range, int lanes, long warmUp) {
    return source(range, lanes, warmUp, new Range(0, range.to()));
  }

  /**
   * The same.
   *
   * @param counting rows whose targets count
   */
  BlockSource source(Range range, int lanes, long warmUp, Range counting) {
    return SeriesSource.builder(table)
        .range(range)
        .features(seen)
        .outputs(outputs)
        .counting(counting)
        .lanes(lanes)
        .warmUp(warmUp)
        .build();
  }

  /** Whether no target is known where the next value is predicted: a soft sensor, or a plant. */
  public boolean knowsNoTarget() {
    return targets.stream().noneMatch(TargetScale::known);
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
          WildValues.in(
              part, name, rows.from(), rows.to(), row -> table.get(row, column), this::label));
    }
    return doubts;
  }

  /**
   * Says whether the table is still the one that training began with.
   *
   * @throws RunException if it is not
   */
  public void requireUnchanged() throws IOException {
    long bytes = Files.size(Path.of(config.file()));
    if (bytes != facts.bytes() || table.rows() != facts.rows()) {
      throw new RunException(
          "%s has changed since training began: %s rows in %s bytes, now %s rows in %s bytes; put the old file back or train a new run"
              .formatted(config.file(), facts.rows(), facts.bytes(), table.rows(), bytes));
    }
    if (facts.crc32c() != null && !facts.crc32c().equals(digest(facts))) {
      throw new RunException(
          "%s has changed since training began: it is as long as it was, but has other numbers in the columns %s; put the old file back or train a new run"
              .formatted(config.file(), String.join(", ", config.columns())));
    }
  }

  private String digest(CsvConfig.Facts of) {
    return Digest.of(table, config.columns(), Math.min(of.learned(), table.rows()));
  }

  @Override
  public void close() {
    table.close();
  }
}

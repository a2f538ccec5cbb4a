// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.Outputs;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table as steps: inputs are columns of a row, or features of it, targets are columns of the row
 * {@code horizon} later, or of several such rows, or how far they are from their newest known value
 * then; NaN where they are missing, or not among the rows that count. Lanes are contiguous parts of
 * equal length; where the last ones run out, inputs and targets are 0 and the mask is 0. A lane
 * begins anew where features say that a gap has ended. The table is float64; what is read is
 * float32, after normalisation.
 *
 * <p>The table stays the caller's: closing the source does not close it.
 */
public final class SeriesSource implements BlockSource {
  private final SeriesInputs inputs;
  private final SeriesGoals targets;
  private final int lanes;
  private final LaneCursor cursor;

  private SeriesSource(Builder builder, Range range, long steps) {
    this.inputs = new SeriesInputs(builder.table, builder.seen());
    this.targets =
        new SeriesGoals(builder.table, builder.goals(), builder.horizons(), builder.counted(range));
    this.lanes = builder.lanes;
    this.cursor = new LaneCursor(range.from(), steps, lanes, builder.warmUp);
  }

  /** Begins with the whole table, a horizon of 1, one lane, numbers as they are and no warm-up. */
  public static Builder builder(Table table) {
    return new Builder(table);
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public int inputs() {
    return inputs.count();
  }

  @Override
  public int targets() {
    return targets.count();
  }

  @Override
  public long steps() {
    return cursor.steps();
  }

  /** The step of the epoch that is read next, from 0. */
  public long step() {
    return cursor.step();
  }

  /** Steps in the beginning of an epoch that only warm up: their mask is 0. */
  public long warmUp() {
    return cursor.warmUp();
  }

  /**
   * The row of the table whose columns are the inputs of a lane at a step; the targets are those of
   * the rows {@code horizon} later.
   *
   * @param step of the epoch, from 0; the warm-up comes first
   * @return the row, or −1 if the step is padding for that lane
   */
  public long row(long step, int lane) {
    return cursor.item(step, lane);
  }

  @Override
  public int read(Block block, int max) {
    block.requireFits(this, max);
    long first = cursor.step();
    int count = cursor.advance(max);
    for (int t = 0; t < count; t++) {
      for (int lane = 0; lane < lanes; lane++) {
        long row = cursor.item(first + t, lane);
        int place = t * lanes + lane;
        inputs.write(
            row, block.inputs().values(), block.inputs().offset() + place * inputs.count());
        targets.write(
            row, block.targets().values(), block.targets().offset() + place * targets.count());
        block.mask().values()[block.mask().offset() + place] =
            row >= 0 && cursor.counts(first + t) ? 1 : 0;
        block.events().set(t, lane, cursor.begins(first + t, lane) || inputs.begins(row));
      }
    }
    return count;
  }

  @Override
  public void rewind() {
    cursor.rewind();
  }

  @Override
  public void save(Snapshot snapshot) {
    cursor.save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    cursor.load(snapshot);
  }

  @Override
  public void close() {}

  /** What a source should read. */
  public static final class Builder {
    private final Table table;
    private @Nullable Range range;
    private List<String> inputs = List.of();
    private Features.@Nullable Seen features;
    private List<String> targets = List.of();
    private List<Integer> horizons = List.of(1);
    private @Nullable Outputs outputs;
    private @Nullable Range counting;
    private int lanes = 1;
    private @Nullable Normalisation normalisation;
    private long warmUp;

    private Builder(Table table) {
      this.table = table;
    }

    /** Rows of inputs and targets. */
    public Builder range(Range newRange) {
      range = newRange;
      return this;
    }

    /** Columns that go in. */
    public Builder inputs(List<String> columns) {
      inputs = List.copyOf(columns);
      return this;
    }

    /**
     * What goes in, in place of columns: of the table's rows, which must be those that the features
     * look at.
     */
    public Builder features(Features.Seen newFeatures) {
      features = newFeatures;
      return this;
    }

    private Features.Seen seen() {
      if (features != null) {
        return features;
      }
      var columns = IntStream.range(0, inputs.size()).mapToObj(this::plain).toList();
      return new Features(columns, null, 0, -1).over(table, null);
    }

    private Features.Column plain(int input) {
      String name = inputs.get(input);
      int known = normalisation == null ? -1 : normalisation.indexOf(name);
      return new Features.Column(
          name,
          table.column(name),
          0,
          normalisation == null || known < 0 ? 0 : normalisation.mean(known),
          normalisation == null || known < 0 ? 1 : normalisation.deviation(known),
          Fill.NONE,
          false);
    }

    /** Columns that should come out. */
    public Builder targets(List<String> columns) {
      targets = List.copyOf(columns);
      return this;
    }

    /**
     * How many rows later the target of a step stands, at least 0. Steps whose target would lie
     * beyond the range do not exist.
     */
    public Builder horizon(int rows) {
      return horizons(List.of(rows));
    }

    /**
     * How many rows later the targets of a step stand, ascending, the first at least 0: for each
     * target one for each of these. Steps all of whose targets would lie beyond the range do not
     * exist; of the others, those beyond it are NaN.
     */
    public Builder horizons(List<Integer> rows) {
      horizons = List.copyOf(rows);
      return this;
    }

    /**
     * What should come out, in place of columns and horizons: what a model would have to put out so
     * that these outputs say what is in the table, but for how sure it is.
     */
    public Builder outputs(Outputs newOutputs) {
      outputs = newOutputs;
      return this;
    }

    /**
     * Rows whose targets count; all others are NaN. Those up to the end of the range, unless this
     * is called.
     */
    public Builder counting(Range rows) {
      counting = rows;
      return this;
    }

    private Range counted(Range rows) {
      return counting == null ? new Range(0, rows.to()) : counting;
    }

    private List<Integer> horizons() {
      return outputs == null ? horizons : outputs.horizons();
    }

    private List<Outputs.Target> goals() {
      return outputs == null ? targets.stream().map(this::level).toList() : outputs.targets();
    }

    private Outputs.Target level(String name) {
      int known = normalisation == null ? -1 : normalisation.indexOf(name);
      double mean = normalisation == null || known < 0 ? 0 : normalisation.mean(known);
      double unit = normalisation == null || known < 0 ? 1 : normalisation.deviation(known);
      return new Outputs.Target(name, false, mean, Collections.nCopies(horizons.size(), unit));
    }

    /** Number of lanes, at least 1. */
    public Builder lanes(int newLanes) {
      lanes = newLanes;
      return this;
    }

    /** Normalises the columns it has; others stay as they are. */
    public Builder normalisation(Normalisation newNormalisation) {
      normalisation = newNormalisation;
      return this;
    }

    /**
     * Runs so many rows that precede each lane's part first, with mask 0, so that the state is not
     * the initial one where the loss begins to count. Rows before the range are read for this. A
     * lane with fewer rows before it begins later, after padding.
     */
    public Builder warmUp(long rows) {
      warmUp = rows;
      return this;
    }

    /**
     * The source.
     *
     * @throws IllegalArgumentException if the table does not have the columns, or not enough rows
     */
    public SeriesSource build() {
      Range rows = range == null ? new Range(0, table.rows()) : range;
      rows.requireWithin(table.rows(), "rows");
      if (features == null) {
        Table.requireDifferent(inputs);
      }
      Table.requireDifferent(goals().stream().map(Outputs.Target::name).toList());
      int nearest = nearest();
      require(lanes >= 1, "at least 1 lane is needed, found %s", lanes);
      require(warmUp >= 0, "the warm-up must be at least 0 rows, found %s", warmUp);
      long steps = rows.length() - nearest;
      if (steps < lanes) {
        throw new IllegalArgumentException(
            "the rows %s are %s; %s with a horizon of %s: at least %s are needed; use more rows%s"
                .formatted(
                    rows,
                    counted(rows.length(), "row"),
                    counted(lanes, "lane"),
                    nearest,
                    (long) lanes + nearest,
                    lanes == 1 ? "" : ", or fewer lanes"));
      }
      return new SeriesSource(this, rows, steps);
    }

    private int nearest() {
      List<Integer> ahead = horizons();
      for (int i = 1; i < ahead.size(); i++) {
        require(
            ahead.get(i) > ahead.get(i - 1),
            "horizons must be ascending, found %s after a larger or the same one",
            ahead.get(i));
      }
      int nearest = ahead.isEmpty() ? -1 : ahead.getFirst();
      require(nearest >= 0, "the horizon must be at least 0 rows, found %s", nearest);
      return nearest;
    }

    private static String counted(long count, String noun) {
      return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static void require(boolean condition, String message, long found) {
      if (!condition) {
        throw new IllegalArgumentException(message.formatted(found));
      }
    }
  }
}

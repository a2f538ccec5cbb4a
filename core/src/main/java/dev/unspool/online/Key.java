// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.baseline.OnlineBaselines;
import dev.unspool.model.Snapshot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One of the streams that are learned from together. */
final class Key {
  final String name;
  final Memory memory;
  final Waiting waiting;
  final Scales scales;
  final OnlineBaselines[] baselines;

  /** Of each value, what the model and its baselines say together. */
  final AverageForecaster[] combiners;

  /** Of each value, what its baselines do. */
  final AverageForecaster[] references;

  /** The newest known value of each target; NaN before there is one. */
  final double[] newest;

  /** The row that each of these is of. */
  final long[] newestRow;

  /** Rows so far: the number of the next one. */
  long rows;

  /** The row with which the newest sequence has begun. */
  long first;

  /** Whether a new sequence begins with the next row. */
  boolean begins = true;

  /** Whether the next step is the first of its sequence: not every row is a step. */
  boolean anew = true;

  /** Of the newest record that had one. */
  long time = OnlineLearner.NO_TIME;

  /** The next row whose truth is told without its number: behind all that were told. */
  long untold;

  /** Steps so far: the number of the next one. */
  long steps;

  /** Rows whose truths have come since the last sweep. */
  int sinceSweep;

  // Who has been heard of since, and who before.
  @Nullable Key newer;
  @Nullable Key older;

  Key(
      String name,
      Memory memory,
      Waiting waiting,
      Scales scales,
      OnlineBaselines[] baselines,
      int values,
      long untold) {
    this.name = name;
    this.memory = memory;
    this.waiting = waiting;
    this.scales = scales;
    this.baselines = baselines;
    this.combiners = new AverageForecaster[values];
    Arrays.setAll(combiners, _ -> new AverageForecaster(Judge.COMBINED));
    this.references = new AverageForecaster[scales.fromBaselines() ? values : 0];
    Arrays.setAll(references, _ -> new AverageForecaster(OnlineBaselines.KINDS));
    int targets = baselines.length;
    this.newest = new double[targets];
    this.newestRow = new long[targets];
    this.untold = untold;
    Arrays.fill(newest, Double.NaN);
    Arrays.fill(newestRow, -1);
  }

  /** Whether a time is later than the newest by more than a gap. */
  boolean isLater(long now, long gap) {
    boolean known = now != OnlineLearner.NO_TIME && time != OnlineLearner.NO_TIME;
    return known && now > time && (now - time < 0 || now - time > gap);
  }

  /** Lets a new sequence begin with the next row, of which nothing is known but what is told. */
  void begin() {
    begins = true;
    for (int target = 0; target < baselines.length; target++) {
      baselines[target].begin();
      if (newestRow[target] < rows) {
        newest[target] = Double.NaN;
      }
    }
  }

  /** The next row: the one that is predicted from. */
  long open() {
    if (begins) {
      first = rows;
      begins = false;
      anew = true;
    }
    waiting.open(rows, first);
    return rows++;
  }

  /** Takes in a truth, unless it is of a sequence that has ended. */
  void know(int target, long row, double truth) {
    if (row < (begins ? rows : first)) {
      return;
    }
    baselines[target].learn(row, truth);
    if (row >= newestRow[target]) {
      newest[target] = truth;
      newestRow[target] = row;
    }
  }

  void save(Snapshot snapshot, boolean ownScales) {
    snapshot.put(
        "numbers", rows, first, begins ? 1 : 0, anew ? 1 : 0, untold, steps, sinceSweep, time);
    snapshot.put("newest", newest.clone());
    snapshot.put("newestRow", newestRow.clone());
    for (int i = 0; i < baselines.length; i++) {
      baselines[i].save(snapshot.in("baseline" + i));
    }
    for (int i = 0; i < combiners.length; i++) {
      combiners[i].save(snapshot.in("combination" + i));
    }
    for (int i = 0; i < references.length; i++) {
      references[i].save(snapshot.in("reference" + i));
    }
    waiting.save(snapshot.in("waiting"));
    memory.save(snapshot.in("memory"));
    if (ownScales) {
      scales.save(snapshot.in("scales"));
    }
  }

  void load(Snapshot snapshot, boolean ownScales) {
    long[] numbers = snapshot.longs("numbers");
    double[] known = snapshot.doubles("newest");
    if (numbers.length != 8 || known.length != newest.length) {
      throw new IllegalArgumentException(
          "key '%s' is stored with %s targets, expected %s"
              .formatted(name, known.length, newest.length));
    }
    rows = numbers[0];
    first = numbers[1];
    begins = numbers[2] != 0;
    anew = numbers[3] != 0;
    untold = numbers[4];
    steps = numbers[5];
    sinceSweep = Math.toIntExact(numbers[6]);
    time = numbers[7];
    System.arraycopy(known, 0, newest, 0, known.length);
    System.arraycopy(snapshot.longs("newestRow"), 0, newestRow, 0, newestRow.length);
    for (int i = 0; i < baselines.length; i++) {
      baselines[i].load(snapshot.in("baseline" + i));
    }
    for (int i = 0; i < combiners.length; i++) {
      combiners[i].load(snapshot.in("combination" + i));
    }
    for (int i = 0; i < references.length; i++) {
      references[i].load(snapshot.in("reference" + i));
    }
    waiting.load(snapshot.in("waiting"));
    memory.load(snapshot.in("memory"));
    if (ownScales) {
      scales.load(snapshot.in("scales"));
    }
  }
}

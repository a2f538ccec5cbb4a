// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Workers;
import dev.unspool.program.Node;
import dev.unspool.program.WatchedValues;
import java.util.ArrayList;
import java.util.List;

/**
 * All derivatives of the state that are carried: taken on by steps of the tape, and summed with
 * what comes back to the state. Work is cut between rows of traces, which do not see each other.
 */
final class Traces {
  /** Some rows of a trace. */
  private record Chunk(int trace, int from, int to) {}

  private final CarriedTrace[] traces;
  private final CarriedTrace.Hand[][] hands;
  private final Chunk[] chunks;
  private final WatchedValues tape;
  private final Workers workers;
  private final Workers.Rows work = this::run;
  private final int lanes;
  private final int width;

  // What is done now.
  private int oldest;
  private int steps;
  private boolean contracted;
  private boolean flushed;

  /**
   * Zeros.
   *
   * @param watched what can be read off the tape, in that order
   * @param adjoint what comes back to the state with which the oldest step of a sweep runs
   */
  Traces(
      TracePlan plan,
      int lanes,
      List<Node> watched,
      WatchedValues tape,
      State adjoint,
      Workers workers) {
    this.lanes = lanes;
    this.tape = tape;
    this.workers = workers;
    this.traces =
        plan.traces().stream()
            .map(trace -> new CarriedTrace(trace, lanes, watched::indexOf))
            .toArray(CarriedTrace[]::new);
    float[][] adjoints =
        adjoint.layout().arrays().stream()
            .map(array -> adjoint.array(array.name()))
            .toArray(float[][]::new);
    this.hands = new CarriedTrace.Hand[traces.length][workers.threads()];
    var all = new ArrayList<Chunk>();
    for (int trace = 0; trace < traces.length; trace++) {
      traces[trace].read(adjoints);
      for (int thread = 0; thread < workers.threads(); thread++) {
        hands[trace][thread] = traces[trace].hand();
      }
      int rows = traces[trace].rows();
      int size = traces[trace].chunkRows();
      for (int from = 0; from < rows; from += size) {
        all.add(new Chunk(trace, from, Math.min(rows, from + size)));
      }
    }
    this.chunks = all.toArray(Chunk[]::new);
    this.width = chunks.length == 0 ? 0 : (int) Math.min(1 << 20, size() / chunks.length);
  }

  /** Number of values. */
  long size() {
    long size = 0;
    for (CarriedTrace trace : traces) {
      size += trace.size();
    }
    return size;
  }

  /**
   * Takes steps in.
   *
   * @param first age of the first one
   * @param count how many
   */
  void advance(int first, int count) {
    run(first, count, false, false);
  }

  /**
   * The same, and adds to a gradient what came back to the state after them.
   *
   * @param flushes whether what has become too small to count is zero afterwards
   */
  void advance(int first, int count, float[] gradient, boolean flushes) {
    run(first, count, true, flushes);
    for (CarriedTrace trace : traces) {
      trace.add(gradient);
    }
  }

  private void run(int first, int count, boolean summed, boolean withoutVanished) {
    oldest = first;
    steps = count;
    contracted = summed;
    flushed = withoutVanished;
    if (chunks.length > 0) {
      workers.run(work, chunks.length, width);
    }
  }

  private void run(int thread, int from, int to) {
    for (int i = from; i < to; i++) {
      Chunk chunk = chunks[i];
      CarriedTrace trace = traces[chunk.trace()];
      CarriedTrace.Hand hand = hands[chunk.trace()][thread];
      for (int lane = 0; steps > 0 && lane < lanes; lane++) {
        trace.advance(hand, tape, lane, chunk.from(), chunk.to(), oldest, steps);
      }
      if (contracted) {
        trace.contract(hand, chunk.from(), chunk.to(), flushed);
      }
    }
  }

  void clear() {
    for (CarriedTrace trace : traces) {
      trace.clear();
    }
  }

  void save(Snapshot snapshot) {
    for (int i = 0; i < traces.length; i++) {
      traces[i].save(snapshot.in(String.valueOf(i)));
    }
  }

  /** Refuses what was stored of other traces; nothing changes. */
  void check(Snapshot snapshot) {
    for (int i = 0; i < traces.length; i++) {
      traces[i].check(snapshot.in(String.valueOf(i)));
    }
  }

  void load(Snapshot snapshot) {
    for (int i = 0; i < traces.length; i++) {
      traces[i].load(snapshot.in(String.valueOf(i)));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import org.jspecify.annotations.Nullable;

/**
 * The newest outputs of a tape, also of steps that have left it. An output is computed only when
 * somebody asks for it, or when the weights are about to change: so it always has the version of
 * its step.
 */
final class OutputWindow {
  private final TapeStore outputs;
  private final TapeStore steps;
  private final int lanes;
  private final int width;
  private final ForwardPass pass;
  private final WeightVersions versions;
  private final float[] rows;

  /** Views that were handed out, by their first row: nothing is allocated in the long run. */
  private final @Nullable Steps[] views;

  /** Steps, newest, whose outputs nobody has asked for yet. */
  private int pending;

  /**
   * A window without outputs.
   *
   * @param outputs where they are stored
   * @param steps the steps on the tape
   * @param rows the array of outputs
   */
  OutputWindow(
      TapeStore outputs,
      TapeStore steps,
      int lanes,
      int width,
      float[] rows,
      ForwardPass pass,
      WeightVersions versions) {
    this.outputs = outputs;
    this.steps = steps;
    this.lanes = lanes;
    this.width = width;
    this.rows = rows;
    this.pass = pass;
    this.versions = versions;
    this.views = new Steps[outputs.slots()];
  }

  /** Says that steps were run. */
  void appended(int count) {
    pending = (int) Math.min(Integer.MAX_VALUE, (long) pending + count);
  }

  void clear() {
    outputs.clear();
    pending = 0;
  }

  /**
   * The newest outputs.
   *
   * @throws IllegalArgumentException if the window has no room for as many
   * @throws IllegalStateException if they are not there
   */
  Steps newest(int count) {
    evaluatePending();
    if (count > outputs.held()) {
      throw new IllegalStateException(
          ("outputs of %s steps asked for, but only %s are there: so few steps were run, or the"
                  + " others left the tape before their outputs were asked for")
              .formatted(count, outputs.held()));
    }
    int from = outputs.end() - count;
    Steps view = views[from];
    if (view == null || view.steps() != count) {
      view = Steps.of(rows, from * lanes * width, count, lanes, width);
      views[from] = view;
    }
    return view;
  }

  /** Of how many of the newest steps outputs are in the window, computed or not. */
  int there() {
    return (int) Math.min((long) outputs.held() + pending, outputs.capacity());
  }

  /** Computes what is pending and still inside the window. */
  void evaluatePending() {
    if (pending == 0) {
      return;
    }
    int count = Math.min(pending, Math.min(outputs.capacity(), steps.held()));
    if (count < pending) {
      outputs.clear(); // a gap: what was there is no longer next to what comes
    }
    int row = outputs.append(count);
    pass.evaluate(steps.end() - count, steps.end(), row, versions.current());
    pending = 0; // not before: where a step is refused, it is again when it is next asked for
  }

  /** Computes those again that are there and whose steps are on the tape. */
  void evaluateAgain() {
    int count = Math.min(outputs.held(), steps.held());
    pass.evaluate(steps.end() - count, steps.end(), outputs.end() - count, versions.current());
  }

  void save(Snapshot snapshot) {
    outputs.save(snapshot);
    snapshot.put("pending", (long) pending);
  }

  void load(Snapshot snapshot) {
    outputs.load(snapshot);
    pending = Math.toIntExact(snapshot.number("pending"));
  }
}

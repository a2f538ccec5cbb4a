// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.SweepObserver;
import dev.unspool.model.Workers;
import dev.unspool.program.Home.Storage;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * Goes back over steps of a tape, for all lanes or for some: the reverse of a {@link Program},
 * newest step first where it recurs, over all steps at once where it does not.
 */
final class SweepPass {
  private final ProgramArrays arrays;
  private final InitialStates starts;
  private final WeightVersions versions;
  private final Lanes lanes;
  private final Kernels kernels;
  private final Runner.Part[] early;
  private final Runner.Part[] lazy;
  private final Runner.Part[] parts;
  private final InitialAdjoints initial;

  // For each state:
  private final String[] names;
  private final @Nullable Home[] entering;
  private final @Nullable Home[] leaving;

  /** Whether what one step writes is what the step before reads, without a copy. */
  private final boolean[] exchanged;

  /** What goes back beyond the oldest step. */
  private final float[] beforeOldest;

  // The sweep that runs now.
  private int first;
  private int end;
  private @Nullable State beyond;
  private @Nullable Sensitivities sensitivities;
  private @Nullable SweepObserver observer;
  private @Nullable State oldest;

  SweepPass(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      InitialStates starts,
      InitialAdjoints initial,
      Workers workers,
      WeightVersions versions,
      Lanes lanes) {
    Plan plan = compiled.plan();
    this.arrays = arrays;
    this.starts = starts;
    this.initial = initial;
    this.versions = versions;
    this.lanes = lanes;
    this.kernels = Kernels.of(workers);
    var runner = new Runner(compiled, arrays, weights, workers, lanes, true, this::shift);
    var backward = plan.backward();
    this.early = runner.prepare(backward.earlyPhases());
    this.lazy = runner.prepare(backward.lazyPhases());
    this.parts = runner.prepare(backward.phases());
    var states = plan.program().states();
    this.names = states.stream().map(StateArray::name).toArray(String[]::new);
    this.entering =
        backward.states().stream().map(BackwardPlan.State::entering).toArray(Home[]::new);
    this.leaving = backward.states().stream().map(BackwardPlan.State::leaving).toArray(Home[]::new);
    this.exchanged = new boolean[names.length];
    for (int state = 0; state < exchanged.length; state++) {
      exchanged[state] = isExchanged(state);
    }
    int widest = states.stream().mapToInt(StateArray::width).max().orElse(0);
    this.beforeOldest = new float[lanes.all() * widest];
  }

  private boolean isExchanged(int state) {
    Home from = entering[state];
    Home to = leaving[state];
    return from != null
        && to != null
        && from.storage() == Storage.BACK
        && to.storage() == Storage.CARRY_BACK
        && Collections.frequency(Arrays.asList(entering), from) == 1;
  }

  /**
   * Goes back over the steps {@code from} to the one before {@code to}.
   *
   * @param read the first whose outputs have a derivative
   * @param seed what is asked for; sensitivities and observers see all lanes or none
   * @param beforeThem overwritten with ∂L/∂s of the state from which the oldest step goes on; null
   *     if nobody wants it
   */
  void run(int from, int to, int read, Adjoint seed, @Nullable State beforeThem) {
    first = from;
    end = to;
    beyond = seed.newest();
    sensitivities = seed.sensitivities();
    observer = seed.observer();
    oldest = beforeThem;
    for (Runner.Part part : early) {
      block(part, first);
    }
    for (Runner.Part part : lazy) {
      block(part, read);
    }
    for (Runner.Part part : parts) {
      if (part.stepwise()) {
        steps(part);
      } else {
        block(part, first);
      }
    }
  }

  /** What does not recur, for the steps from a slot on, in runs with the same weights. */
  private void block(Runner.Part part, int from) {
    for (Runner.Task task : part.tasks()) {
      if (task.acrossSteps()) {
        task.run(from, end, 0);
        continue;
      }
      for (int slot = from; slot < end; ) {
        int runEnd = versions.runEnd(slot, end);
        task.run(slot, runEnd, versions.of(slot));
        slot = runEnd;
      }
    }
  }

  /** What recurs, step by step. */
  private void steps(Runner.Part part) {
    for (int state : part.states()) {
      Home home = leaving[state];
      if (home != null) {
        newest(state, home);
      }
    }
    // Nobody asks for what goes back beyond the oldest step, unless it is wanted for itself.
    boolean cutShort =
        sensitivities == null && observer == null && oldest == null && !initial.wanted();
    int last = cutShort ? first + 1 : first;
    for (int slot = end - 1; slot >= last; slot--) {
      part.run(slot, slot + 1, versions.of(slot));
      if (Vanishing.isDue(end - 1 - slot)) {
        flush(part.states(), slot);
      }
      for (int state : part.states()) {
        back(state, slot);
      }
    }
    for (Runner.Task task : part.tasks()) {
      if (cutShort && !task.entersOnly()) {
        task.run(first, first + 1, versions.of(first));
      }
    }
  }

  /** Ends what has become too small to count. */
  private void flush(int[] states, int slot) {
    for (int state : states) {
      Home from = entering[state];
      if (from != null) {
        int at = arrays.at(from, slot);
        int width = from.width();
        Vanishing.flush(
            kernels, arrays.of(from), at + lanes.from() * width, at + lanes.to() * width);
      }
    }
  }

  /** Hands what goes back to the state of a step to the step before. */
  private void back(int state, int slot) {
    Home from = entering[state];
    Home to = leaving[state];
    if (from == null || to == null) {
      return;
    }
    if (sensitivities != null) {
      Steps into = sensitivities.state(names[state]);
      copy(arrays.of(from), arrays.at(from, slot), into.values(), into.at(slot - first), from);
    }
    observe(state, from, slot);
    if (slot == first && oldest != null) {
      leave(from, oldest.array(names[state]));
    }
    if (exchanged[state]) {
      arrays.exchange(from, to);
      initial.cut(state, slot, arrays.of(to), 0, lanes);
      return;
    }
    boolean room = slot > first || to.storage() == Storage.CARRY_BACK;
    float[] into = room ? arrays.of(to) : beforeOldest;
    int at = room ? arrays.at(to, slot - 1) : 0;
    copy(arrays.of(from), arrays.at(from, slot), into, at, from);
    initial.cut(state, slot, into, at, lanes);
  }

  /** Copies the rows that these lanes have at a step, as wide as {@code home}. */
  private void copy(float[] from, int fromOffset, float[] to, int toOffset, Home home) {
    int skipped = lanes.from() * home.width();
    System.arraycopy(
        from, fromOffset + skipped, to, toOffset + skipped, lanes.count() * home.width());
  }

  /** Says what goes back beyond the oldest step: nothing in lanes that begin with it. */
  void leave(@Nullable Home from, float[] into) {
    if (from == null) {
      Arrays.fill(into, 0);
      return;
    }
    copy(arrays.of(from), arrays.at(from, first), into, 0, from);
    for (int lane = lanes.from(); lane < lanes.to(); lane++) {
      if (starts.begins(first, lane)) {
        Arrays.fill(into, lane * from.width(), (lane + 1) * from.width(), 0);
      }
    }
  }

  /** What goes back to the state that the newest step leaves: nothing, unless somebody says. */
  private void newest(int state, Home leaving) {
    int at = arrays.at(leaving, end - 1);
    if (beyond == null) {
      int width = leaving.width();
      Arrays.fill(arrays.of(leaving), at + lanes.from() * width, at + lanes.to() * width, 0);
    } else {
      copy(beyond.array(names[state]), 0, arrays.of(leaving), at, leaving);
    }
  }

  void observe(int state, Home entering, int slot) {
    if (observer == null) {
      return;
    }
    float[] values = arrays.of(entering);
    int at = arrays.at(entering, slot);
    double sum = 0;
    for (int i = at; i < at + lanes.all() * entering.width(); i++) {
      sum += (double) values[i] * values[i];
    }
    observer.passed(end - 1 - slot, names[state], Math.sqrt(sum));
  }

  /** What goes back to the values that steps leave, for a state that does not depend on itself. */
  private void shift(Instruction.Shift shift, int from, int to) {
    Home into = shift.into();
    int width = into.width();
    Spot entered = shift.other();
    float[] values = arrays.of(into);
    newest(shift.state(), into);
    for (int slot = from; slot < to - 1; slot++) {
      int at = arrays.at(into, slot);
      if (entered == null) {
        Arrays.fill(values, at + lanes.from() * width, at + lanes.to() * width, 0);
        continue;
      }
      Home source = entered.home();
      copy(arrays.of(source), arrays.at(source, slot + 1), values, at, into);
      for (int lane = lanes.from(); lane < lanes.to(); lane++) {
        if (starts.begins(slot + 1, lane)) {
          Arrays.fill(values, at + lane * width, at + (lane + 1) * width, 0);
        }
      }
    }
  }
}

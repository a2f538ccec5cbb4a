// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.SweepObserver;
import dev.unspool.program.Home.Storage;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * Sweeps over the tape of a {@link Program}: runs its reverse, newest step first where it recurs,
 * over all steps at once where it does not; then the gradients, which are sums over all steps.
 */
final class ProgramSweep {
  private final ProgramArrays arrays;
  private final InitialStates starts;
  private final TapeStore store;
  private final WeightVersions versions;
  private final int lanes;
  private final Runner.Part[] early;
  private final Runner.Part[] lazy;
  private final Runner.Part[] parts;
  private final InitialAdjoints initial;
  private final MatrixGradients matrices;
  private final VectorGradients vectors;

  /** Parameters that nothing depends on. */
  private final ParameterLayout.Slice[] untouched;

  private final Home adjoint;

  /** The array that derivatives of outputs are copied into; empty if the caller's is read. */
  private final float[] adjointArray;

  private final Home[] zeroed;
  private final @Nullable Home inputBack;

  // For each state:
  private final String[] names;
  private final boolean[] looped;
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
  private @Nullable SweepObserver observer;
  private @Nullable State oldest;

  ProgramSweep(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      InitialStates starts,
      Kernels kernels,
      TapeStore store,
      WeightVersions versions,
      int lanes) {
    Plan plan = compiled.plan();
    this.arrays = arrays;
    this.starts = starts;
    this.store = store;
    this.versions = versions;
    this.lanes = lanes;
    var runner = new Runner(compiled, arrays, weights, kernels, lanes, true, this::shift);
    var backward = plan.backward();
    this.early = runner.prepare(backward.earlyPhases());
    this.lazy = runner.prepare(backward.lazyPhases());
    this.parts = runner.prepare(backward.phases());
    this.initial = new InitialAdjoints(plan, starts, versions, lanes);
    this.vectors =
        new VectorGradients(compiled, arrays, weights, initial, versions, kernels, lanes);
    this.matrices = new MatrixGradients(plan, arrays, weights, kernels, lanes, vectors::claim);
    this.untouched =
        plan.program().parameters().slices().stream()
            .filter(slice -> !plan.derives(slice.name()))
            .toArray(ParameterLayout.Slice[]::new);
    this.adjoint = backward.adjoint();
    this.adjointArray = arrays.of(adjoint);
    this.zeroed = backward.zeroed().toArray(Home[]::new);
    this.inputBack = backward.input();
    var states = plan.program().states();
    this.names = states.stream().map(StateArray::name).toArray(String[]::new);
    this.looped = new boolean[names.length];
    for (int state = 0; state < looped.length; state++) {
      looped[state] = backward.states().get(state).looped();
    }
    this.entering =
        backward.states().stream().map(BackwardPlan.State::entering).toArray(Home[]::new);
    this.leaving = backward.states().stream().map(BackwardPlan.State::leaving).toArray(Home[]::new);
    this.exchanged = new boolean[names.length];
    for (int state = 0; state < exchanged.length; state++) {
      exchanged[state] = isExchanged(state);
    }
    int widest = states.stream().mapToInt(StateArray::width).max().orElse(0);
    this.beforeOldest = new float[lanes * widest];
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
   * One sweep over the newest {@code depth} steps.
   *
   * @param beforeThem overwritten with ∂L/∂s of the state from which the oldest of them goes on;
   *     null if nobody wants it
   */
  void run(int depth, Adjoint seed, @Nullable State beforeThem) {
    oldest = beforeThem;
    end = store.end();
    first = end - depth;
    int read = end - seed.outputs().steps();
    beyond = seed.newest();
    observer = seed.observer();
    arrays.begin(Storage.SWEEP, first);
    initial.begin(first, end);
    take(seed.outputs(), read);
    for (Runner.Part part : early) {
      block(part, first);
    }
    for (Runner.Part part : lazy) {
      block(part, read);
    }
    Sensitivities sensitivities = seed.sensitivities();
    for (Runner.Part part : parts) {
      if (part.stepwise()) {
        steps(part, sensitivities);
      } else {
        block(part, first);
      }
    }
    unlooped(sensitivities);
    float[] into = seed.into().values();
    for (ParameterLayout.Slice slice : untouched) {
      Arrays.fill(into, slice.offset(), slice.end(), 0);
    }
    matrices.compute(first, end, read, into);
    vectors.compute(first, end, read, into);
    if (sensitivities != null) {
      report(inputBack, sensitivities.inputs());
    }
  }

  /** Puts derivatives of outputs where they are read, and zeros for steps that have none. */
  private void take(Steps seed, int read) {
    for (Home home : zeroed) {
      Arrays.fill(arrays.of(home), 0, (read - first) * lanes * home.width(), 0);
    }
    if (adjoint.storage() == Storage.ADJOINT) {
      arrays.read(adjoint, seed.values(), seed.offset(), read);
    } else {
      System.arraycopy(
          seed.values(), seed.offset(), adjointArray, arrays.at(adjoint, read), seed.size());
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
  private void steps(Runner.Part part, @Nullable Sensitivities sensitivities) {
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
      for (int state : part.states()) {
        back(state, slot, sensitivities);
      }
    }
    for (Runner.Task task : part.tasks()) {
      if (cutShort && !task.entersOnly()) {
        task.run(first, first + 1, versions.of(first));
      }
    }
  }

  /** Hands what goes back to the state of a step to the step before. */
  private void back(int state, int slot, @Nullable Sensitivities sensitivities) {
    Home from = entering[state];
    Home to = leaving[state];
    if (from == null || to == null) {
      return;
    }
    int size = lanes * from.width();
    if (sensitivities != null) {
      Steps into = sensitivities.state(names[state]);
      System.arraycopy(
          arrays.of(from), arrays.at(from, slot), into.values(), into.at(slot - first), size);
    }
    observe(state, from, slot);
    if (slot == first && oldest != null) {
      leave(from, oldest.array(names[state]));
    }
    if (exchanged[state]) {
      arrays.exchange(from, to);
      initial.cut(state, slot, arrays.of(to), 0);
      return;
    }
    boolean room = slot > first || to.storage() == Storage.CARRY_BACK;
    float[] into = room ? arrays.of(to) : beforeOldest;
    int at = room ? arrays.at(to, slot - 1) : 0;
    System.arraycopy(arrays.of(from), arrays.at(from, slot), into, at, size);
    initial.cut(state, slot, into, at);
  }

  /** Says what goes back beyond the oldest step: nothing in lanes that begin with it. */
  private void leave(@Nullable Home from, float[] into) {
    if (from == null) {
      Arrays.fill(into, 0);
      return;
    }
    System.arraycopy(arrays.of(from), arrays.at(from, first), into, 0, lanes * from.width());
    for (int lane = 0; lane < lanes; lane++) {
      if (starts.begins(first, lane)) {
        Arrays.fill(into, lane * from.width(), (lane + 1) * from.width(), 0);
      }
    }
  }

  /** What goes back to the state that the newest step leaves: nothing, unless somebody says. */
  private void newest(int state, Home leaving) {
    int at = arrays.at(leaving, end - 1);
    int size = lanes * leaving.width();
    if (beyond == null) {
      Arrays.fill(arrays.of(leaving), at, at + size, 0);
    } else {
      System.arraycopy(beyond.array(names[state]), 0, arrays.of(leaving), at, size);
    }
  }

  private void observe(int state, Home entering, int slot) {
    if (observer == null) {
      return;
    }
    float[] values = arrays.of(entering);
    int at = arrays.at(entering, slot);
    double sum = 0;
    for (int i = at; i < at + lanes * entering.width(); i++) {
      sum += (double) values[i] * values[i];
    }
    observer.passed(end - 1 - slot, names[state], Math.sqrt(sum));
  }

  /** What goes back to the values that steps leave, for a state that does not depend on itself. */
  private void shift(Instruction.Shift shift, int from, int to) {
    Home into = shift.into();
    int step = lanes * into.width();
    Spot entered = shift.other();
    float[] values = arrays.of(into);
    int at = arrays.at(into, from);
    newest(shift.state(), into);
    if (entered == null) {
      Arrays.fill(values, at, at + (to - 1 - from) * step, 0);
      return;
    }
    Home source = entered.home();
    System.arraycopy(
        arrays.of(source), arrays.at(source, from) + step, values, at, (to - 1 - from) * step);
    for (int slot = from; slot < to - 1; slot++) {
      for (int lane = 0; lane < lanes; lane++) {
        if (starts.begins(slot + 1, lane)) {
          int row = arrays.at(into, slot) + lane * into.width();
          Arrays.fill(values, row, row + into.width(), 0);
        }
      }
    }
  }

  /** Initial values and sensitivities of the states that do not depend on themselves. */
  private void unlooped(@Nullable Sensitivities sensitivities) {
    for (int state = 0; state < entering.length; state++) {
      Home home = entering[state];
      if (sensitivities != null && (home == null || !looped[state])) {
        report(home, sensitivities.state(names[state]));
      }
      if (oldest != null && (home == null || !looped[state])) {
        leave(home, oldest.array(names[state]));
      }
      for (int slot = end - 1; home != null && !looped[state] && slot >= first; slot--) {
        observe(state, home, slot);
      }
      if (home != null && !looped[state] && starts.isLearned(state)) {
        float[] copy = new float[lanes * home.width()];
        for (int slot = first; slot < end; slot++) {
          System.arraycopy(arrays.of(home), arrays.at(home, slot), copy, 0, copy.length);
          initial.cut(state, slot, copy, 0);
        }
      }
    }
  }

  private void report(@Nullable Home home, Steps into) {
    if (home == null) {
      into.fill(0);
    } else {
      System.arraycopy(
          arrays.of(home), arrays.at(home, first), into.values(), into.offset(), into.size());
    }
  }
}

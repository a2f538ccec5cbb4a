// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;
import dev.unspool.program.Home.Storage;
import org.jspecify.annotations.Nullable;

/**
 * Sweeps over the tape of a {@link Program}: goes back over its steps, all lanes at once or shared
 * out among threads; then the gradients, which are sums over all steps.
 */
final class ProgramSweep {
  private final ProgramArrays arrays;
  private final Workers workers;
  private final InitialStates starts;
  private final TapeStore store;
  private final Lanes lanes;
  private final SweepPass pass;
  private final @Nullable SharedLanes shared;
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
  // The sweep that runs now.
  private int first;
  private int end;

  ProgramSweep(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      InitialStates starts,
      Kernels kernels,
      TapeStore store,
      WeightVersions versions,
      InitialAdjoints initial,
      @Nullable SharedLanes shared,
      int lanes) {
    Plan plan = compiled.plan();
    this.arrays = arrays;
    this.workers = kernels;
    this.starts = starts;
    this.store = store;
    this.lanes = Lanes.all(lanes);
    this.initial = initial;
    this.shared = shared;
    this.pass =
        new SweepPass(compiled, arrays, weights, starts, initial, kernels, versions, this.lanes);
    var backward = plan.backward();
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
  }

  /**
   * One sweep over the newest {@code depth} steps.
   *
   * @param beforeThem overwritten with ∂L/∂s of the state from which the oldest of them goes on;
   *     null if nobody wants it
   */
  void run(int depth, Adjoint seed, @Nullable State beforeThem) {
    end = store.end();
    first = end - depth;
    int read = end - seed.outputs().steps();
    Sensitivities sensitivities = seed.sensitivities();
    arrays.renew(Storage.SWEEP);
    arrays.begin(Storage.SWEEP, first);
    initial.begin(first, end);
    take(seed.outputs(), read);
    boolean seen = sensitivities != null || seed.observer() != null || beforeThem != null;
    if (shared == null || seen || initial.wanted()) {
      pass.run(first, end, read, seed, beforeThem);
    } else {
      shared.back(first, end, read, seed);
    }
    unlooped(sensitivities, seed.observer() != null, beforeThem);
    float[] into = seed.into().values();
    for (ParameterLayout.Slice slice : untouched) {
      workers.clear(into, slice.offset(), slice.size());
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
      int at = arrays.at(home, first);
      workers.clear(arrays.of(home), at, arrays.at(home, read) - at);
    }
    if (adjoint.storage() == Storage.ADJOINT) {
      arrays.read(adjoint, seed.values(), seed.offset(), read);
    } else {
      workers.copy(
          seed.values(), seed.offset(), adjointArray, arrays.at(adjoint, read), seed.size());
    }
  }

  /** Initial values and sensitivities of the states that do not depend on themselves. */
  private void unlooped(
      @Nullable Sensitivities sensitivities, boolean observed, @Nullable State oldest) {
    for (int state = 0; state < entering.length; state++) {
      Home home = entering[state];
      if (sensitivities != null && (home == null || !looped[state])) {
        report(home, sensitivities.state(names[state]));
      }
      if (oldest != null && (home == null || !looped[state])) {
        pass.leave(home, oldest.array(names[state]));
      }
      for (int slot = end - 1;
          observed && home != null && !looped[state] && slot >= first;
          slot--) {
        pass.observe(state, home, slot);
      }
      if (home != null && !looped[state] && starts.isLearned(state)) {
        float[] copy = new float[lanes.all() * home.width()];
        for (int slot = first; slot < end; slot++) {
          System.arraycopy(arrays.of(home), arrays.at(home, slot), copy, 0, copy.length);
          initial.cut(state, slot, copy, 0, lanes);
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

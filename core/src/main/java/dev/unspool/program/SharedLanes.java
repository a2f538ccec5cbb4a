// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.Workers;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Lanes, shared out among threads: no lane depends on another until gradients are summed, so each
 * thread goes through all the steps of a block, or of a sweep, with lanes of its own, whose values
 * stay in its caches, and nobody waits before the end. The alternative is to share out each product
 * and each loop of each step; numbers are the same either way.
 *
 * <p>Every thread then reads all weights. So it is done where there are lanes enough for each
 * thread to use a weight for a tile's rows, and where the weights of a recurrence fit its cache.
 */
final class SharedLanes {
  /** Values that are worth a meeting of threads, whatever that is. */
  private static final int MANY = 1 << 16;

  private final Kernels kernels;
  private final ProgramWeights weights;
  private final ProgramArrays arrays;
  private final ProgramArrays[] views;
  private final ForwardPass[] forward;
  private final SweepPass[] back;
  private final Workers.Rows forwardWork = this::forwardPart;
  private final Workers.Rows backWork = this::backPart;

  // What the parts work on: fields, since work that carries them would be allocated each time.
  private int from;
  private int to;
  private int version;
  private int read;
  private @Nullable Adjoint seed;

  /** Lanes of a tape, a part for each thread. */
  SharedLanes(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      InitialStates initial,
      InitialAdjoints adjoints,
      WeightVersions versions,
      Kernels kernels,
      int lanes,
      int chunkSteps) {
    int parts = kernels.threads();
    this.kernels = kernels;
    this.weights = weights;
    this.arrays = arrays;
    this.views = new ProgramArrays[parts];
    this.forward = new ForwardPass[parts];
    this.back = new SweepPass[parts];
    for (int part = 0; part < parts; part++) {
      var own = Lanes.part(part, parts, lanes);
      var alone = Workers.caller();
      views[part] = arrays.view();
      forward[part] =
          new ForwardPass(compiled, views[part], weights, initial, alone, own, chunkSteps);
      back[part] =
          new SweepPass(compiled, views[part], weights, initial, adjoints, alone, versions, own);
    }
  }

  /** Whether that is better than to share out each step. */
  static boolean areBetter(Plan plan, ProgramWeights weights, Kernels kernels, int lanes) {
    return weights.threads() == kernels.threads()
        && kernels.haveOwnRows(lanes, largestRecurrence(plan));
  }

  /** How many threads a tape is worth; see {@link Kernels#threads(int, int, long)}. */
  static int threads(Plan plan, int lanes) {
    long weights = 0;
    var all = new ArrayList<>(plan.forward().phases());
    all.addAll(plan.forward().lazyPhases());
    for (Phase phase : all) {
      for (Instruction instruction : phase.instructions()) {
        weights += weights(instruction);
      }
    }
    int processors = Math.min(Runtime.getRuntime().availableProcessors(), TapeOptions.MOST_THREADS);
    return Kernels.threads(processors, lanes, weights);
  }

  /** Weights of the largest product that is done step by step. */
  private static int largestRecurrence(Plan plan) {
    int largest = 0;
    for (Phase phase : plan.forward().phases()) {
      for (Instruction instruction : phase.instructions()) {
        largest = phase.stepwise() ? Math.max(largest, weights(instruction)) : largest;
      }
    }
    return largest;
  }

  private static int weights(Instruction instruction) {
    return instruction instanceof Instruction.Multiply multiply
        ? multiply.linear().matrix().rows() * multiply.linear().matrix().columns()
        : 0;
  }

  /** As {@link ForwardPass#run}. */
  void forward(int first, int end, int withVersion) {
    from = first;
    to = end;
    version = withVersion;
    weights.settle();
    share(forwardWork);
  }

  /** As {@link SweepPass#run}, where nobody looks. */
  void back(int first, int end, int firstRead, Adjoint with) {
    from = first;
    to = end;
    read = firstRead;
    seed = with;
    weights.settle();
    share(backWork);
    seed = null;
  }

  private void share(Workers.Rows work) {
    for (ProgramArrays view : views) {
      view.follow(arrays);
    }
    kernels.run(work, views.length, MANY);
  }

  private void forwardPart(int part, int first, int end) {
    for (int own = first; own < end; own++) {
      forward[own].run(from, to, version);
    }
  }

  private void backPart(int part, int first, int end) {
    Adjoint with = seed;
    for (int own = first; with != null && own < end; own++) {
      back[own].run(from, to, read, with, null);
    }
  }
}

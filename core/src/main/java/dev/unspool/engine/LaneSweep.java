// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One sweep over the tapes of all lanes: each gets what comes back to its own steps, gradients are
 * added up in the order of the lanes, and what is seen of each is put where the block has the lane.
 */
final class LaneSweep {
  private final Model model;
  private final Tape[] tapes;
  private final LaneSteps made;

  // What one lane is given and gives.
  private final FirstSteps outputs;
  private final Gradient gradient;

  /** By the number of outputs read: what goes back if nobody wants more than the gradient. */
  private final List<List<Adjoint>> plain;

  /**
   * Sweeps over these tapes.
   *
   * @param window outputs that a loss reads, at the most
   * @param made which of the newest steps each lane has made
   */
  LaneSweep(Model model, Tape[] tapes, int window, LaneSteps made) {
    this.model = model;
    this.tapes = tapes;
    this.made = made;
    this.outputs = new FirstSteps(window, 1, model.outputs());
    this.gradient = new Gradient(model.parameters());
    this.plain =
        IntStream.rangeClosed(0, window)
            .mapToObj(read -> List.of(new Adjoint(outputs.of(read), gradient)))
            .toList();
  }

  /** Back through the newest {@code depth} steps of each lane, or as many as it has. */
  void run(int depth, Adjoint adjoint) {
    float[] sum = adjoint.into().values();
    Arrays.fill(sum, 0);
    var observer = adjoint.observer();
    var norms = observer == null ? null : new LaneNorms(depth, observer);
    var sensitivities = adjoint.sensitivities();
    if (sensitivities != null) {
      clear(sensitivities);
    }
    for (int lane = 0; lane < tapes.length; lane++) {
      if (run(lane, Math.min(depth, tapes[lane].held()), adjoint, norms)) {
        float[] part = gradient.values();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += part[i];
        }
      }
    }
    if (norms != null) {
      norms.tell();
    }
  }

  /** Back through one lane; false if nothing comes back to it. */
  private boolean run(int lane, int depth, Adjoint adjoint, @Nullable LaneNorms norms) {
    var sensitivities = adjoint.sensitivities();
    int read = made.gather(adjoint.outputs(), lane, depth, outputs.whole());
    boolean bare = adjoint.newest() == null && sensitivities == null && norms == null;
    if (depth == 0 || bare && isFlat(read)) {
      return false;
    }
    if (bare) {
      tapes[lane].backward(depth, plain.get(read));
      return true;
    }
    var mine = sensitivities == null ? null : new Sensitivities(model, depth, 1);
    var beyond = adjoint.newest() == null ? null : adjoint.newest().lane(lane);
    tapes[lane].backward(
        depth, List.of(new Adjoint(outputs.of(read), beyond, gradient, mine, norms)));
    if (sensitivities != null && mine != null) {
      put(mine, sensitivities, lane);
    }
    return true;
  }

  private boolean isFlat(int read) {
    Steps adjoint = outputs.of(read);
    for (int i = 0; i < adjoint.size(); i++) {
      if (adjoint.values()[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void clear(Sensitivities all) {
    all.inputs().fill(0);
    for (var array : model.state().arrays()) {
      all.state(array.name()).fill(0);
    }
  }

  private void put(Sensitivities mine, Sensitivities all, int lane) {
    put(mine.inputs(), all.inputs(), lane);
    for (var array : model.state().arrays()) {
      put(mine.state(array.name()), all.state(array.name()), lane);
    }
  }

  /** The newest step of both is the last one. */
  private static void put(Steps mine, Steps all, int lane) {
    int older = all.steps() - mine.steps();
    int features = all.features();
    for (int step = 0; step < mine.steps(); step++) {
      int into = all.at(older + step) + lane * features;
      System.arraycopy(mine.values(), mine.at(step), all.values(), into, features);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Derivatives of one number with respect to the inputs of the swept steps and the states with which
 * those steps ran. Step 0 is the oldest step of the sweep: its state derivative is the one at the
 * point where the graph was cut. Where a lane was reset, the state with which the step ran is the
 * initial state.
 */
public final class Sensitivities {
  private final Steps inputs;
  private final Map<String, Steps> states = new LinkedHashMap<>();

  /**
   * Room for one sweep.
   *
   * @param depth of the sweep: exactly the depth that {@link Tape#backward} is called with
   */
  public Sensitivities(Model model, int depth, int lanes) {
    this.inputs = Steps.allocate(depth, lanes, model.inputs());
    for (var array : model.state().arrays()) {
      states.put(array.name(), Steps.allocate(depth, lanes, array.size()));
    }
  }

  /** Number of steps. */
  public int depth() {
    return inputs.steps();
  }

  /**
   * ∂L/∂x, depth × lanes × inputs. Zeros for inputs that are indices, with respect to which nothing
   * can be differentiated.
   */
  public Steps inputs() {
    return inputs;
  }

  /** ∂L/∂s of one state array, depth × lanes × size. Values below 2⁻¹⁰⁰ may be zeros. */
  public Steps state(String name) {
    Steps state = states.get(name);
    if (state == null) {
      throw new IllegalArgumentException(
          "no state array '%s'; this model carries %s".formatted(name, states.keySet()));
    }
    return state;
  }
}

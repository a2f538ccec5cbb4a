// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

/**
 * Whether what is asked of a tape fits its model and its options; for whoever implements a {@link
 * Tape}.
 *
 * @param inputs features of one lane at one step
 * @param outputs features of one lane at one step
 * @param parameters of the model
 * @param state of the model
 * @param options of the tape
 */
public record Requests(
    int inputs, int outputs, ParameterLayout parameters, StateLayout state, TapeOptions options) {

  /** Requests to a tape of a model. */
  public Requests(Model model, TapeOptions options) {
    this(model.inputs(), model.outputs(), model.parameters(), model.state(), options);
  }

  /** Refuses what {@link #checkShapes} does, and lanes that are held. */
  public void check(Steps block, LaneEvents events) {
    checkShapes(block, events);
    if (events.anyHeld(block.steps())) {
      throw new IllegalArgumentException(
          "the block holds a lane, and this tape advances all of its lanes together; build the"
              + " engine with holds()");
    }
  }

  /** Refuses inputs of another shape, and events that do not cover them. */
  public void checkShapes(Steps block, LaneEvents events) {
    int lanes = options.lanes();
    if (block.features() != inputs || block.lanes() != lanes) {
      throw new IllegalArgumentException(
          "input is %s, the model takes %s lanes × %s features".formatted(block, lanes, inputs));
    }
    if (events.steps() < block.steps() || events.lanes() != lanes) {
      throw new IllegalArgumentException(
          "events are of %s steps × %s lanes, the input is %s"
              .formatted(events.steps(), events.lanes(), block));
    }
  }

  /** Refuses the state of another model or of another number of lanes. */
  public void check(State restored) {
    if (!restored.layout().equals(state) || restored.lanes() != options.lanes()) {
      throw new IllegalArgumentException(
          "the state is %s for %s lanes, this tape carries %s for %s"
              .formatted(restored.layout(), restored.lanes(), state, options.lanes()));
    }
  }

  /** Refuses the outputs of no steps, or of more than are kept. */
  public void checkOutputs(int count) {
    if (count < 1 || count > options.outputWindow()) {
      throw new IllegalArgumentException(
          "outputs of %s steps asked for; the tape was opened with an output window of %s"
              .formatted(count, options.outputWindow()));
    }
  }

  /** Refuses a lane that there is not. */
  public void checkLane(int lane) {
    if (lane < 0 || lane >= options.lanes()) {
      throw new IllegalArgumentException(
          "lane %s was asked for; there are the lanes 0 to %s"
              .formatted(lane, options.lanes() - 1));
    }
  }

  /** Refuses a sweep over no steps, or over more than the tape holds. */
  public void check(int depth, int held) {
    if (depth < 1 || depth > held) {
      throw new IllegalArgumentException(
          "a sweep of depth %s was asked for; the tape holds %s steps".formatted(depth, held));
    }
  }

  /** Refuses an adjoint whose arrays do not fit the model or the sweep. */
  public void check(Adjoint adjoint, int depth) {
    int lanes = options.lanes();
    Steps seed = adjoint.outputs();
    if (seed.lanes() != lanes || seed.features() != outputs) {
      throw new IllegalArgumentException(
          "output gradients are %s, the model has %s lanes × %s outputs"
              .formatted(seed, lanes, outputs));
    }
    if (!adjoint.into().layout().equals(parameters)) {
      throw new IllegalArgumentException(
          "the gradient has %s values in the layout of another model, this one has %s"
              .formatted(adjoint.into().layout().size(), parameters.size()));
    }
    State newest = adjoint.newest();
    if (newest != null && (!newest.layout().equals(state) || newest.lanes() != lanes)) {
      throw new IllegalArgumentException(
          "the derivative with respect to the newest state is %s for %s lanes, this tape carries %s for %s"
              .formatted(newest.layout(), newest.lanes(), state, lanes));
    }
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities == null) {
      return;
    }
    if (!options.sensitivities()) {
      throw new IllegalStateException(
          "sensitivities were asked for; open the tape with TapeOptions.withSensitivities()");
    }
    if (sensitivities.depth() != depth || sensitivities.inputs().lanes() != lanes) {
      throw new IllegalArgumentException(
          "sensitivities have room for %s, the sweep is %s steps × %s lanes"
              .formatted(sensitivities.inputs(), depth, lanes));
    }
    for (var array : state.arrays()) {
      Steps room = sensitivities.state(array.name());
      if (room.features() != array.size()) {
        throw new IllegalArgumentException(
            "sensitivities to %s have room for %s, the model carries %s values"
                .formatted(array.name(), room, array.size()));
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.model.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tape of a {@link ModelWithHead}: the recurrent model's, and one step of the head. The loss
 * leaves the gradient of the head's parameters here, and the next sweep hands it on.
 */
final class HeadTape implements Tape {
  private final ModelWithHead model;
  private final Parameters theta;
  private final Parameters below;
  private final Parameters above;
  private final Tape tape;
  private final Tape head;
  private final Gradient headGradient;
  private final Sensitivities headInputs;
  private final Sequences sequences;
  private boolean pending;

  HeadTape(ModelWithHead model, Parameters theta, TapeOptions options) {
    this.model = model;
    this.theta = theta;
    this.below = model.belowOf(theta);
    this.above = model.aboveOf(theta);
    this.tape = model.recurrent().open(below, options);
    var once =
        (options.training()
                ? TapeOptions.training(options.lanes(), 1)
                : TapeOptions.inference(options.lanes()))
            .withWeightPolicy(WeightPolicy.AS_APPLIED)
            .withSeed(options.seed() + 1)
            .withSensitivities();
    this.head = model.head().open(above, once);
    this.headGradient = new Gradient(model.head().parameters());
    this.headInputs = new Sensitivities(model.head(), 1, options.lanes());
    this.sequences = new Sequences(options.lanes(), model.frames());
  }

  ModelWithHead model() {
    return model;
  }

  /** How many of the newest outputs of a lane the head reads; what is before is zeros. */
  int frames(int lane) {
    return sequences.length(lane);
  }

  /** Runs the head. */
  Steps predict(Steps frames) {
    head.forward(frames);
    return head.outputs(1);
  }

  /** Differentiates what {@link #predict} has run last; ∂L/∂(frames). */
  Steps differentiate(Steps seed) {
    head.backward(1, new Adjoint(seed, headGradient, headInputs));
    pending = true;
    return headInputs.inputs();
  }

  @Override
  public TapeOptions options() {
    return tape.options();
  }

  @Override
  public Workers workers() {
    return tape.workers();
  }

  @Override
  public int held() {
    return tape.held();
  }

  @Override
  public void forward(Steps inputs, LaneEvents events) {
    tape.forward(inputs, events);
    sequences.forward(events, inputs.steps());
  }

  @Override
  public void check(Steps inputs, LaneEvents events) {
    tape.check(inputs, events);
  }

  @Override
  public Steps outputs(int count) {
    return tape.outputs(count);
  }

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    var inner = new ArrayList<Adjoint>();
    for (Adjoint adjoint : adjoints) {
      if (!adjoint.into().layout().equals(model.parameters())) {
        throw new IllegalArgumentException(
            "the gradient has %s values in the layout of another model, this one has %s"
                .formatted(adjoint.into().layout().size(), model.parameters().size()));
      }
      var gradient = new Gradient(model.recurrent().parameters());
      inner.add(
          new Adjoint(
              adjoint.outputs(),
              adjoint.newest(),
              gradient,
              adjoint.sensitivities(),
              adjoint.observer()));
    }
    tape.backward(depth, inner);
    for (int i = 0; i < inner.size(); i++) {
      float[] into = adjoints.get(i).into().values();
      float[] part = inner.get(i).into().values();
      System.arraycopy(part, 0, into, 0, part.length);
      if (pending) {
        float[] rest = headGradient.values();
        System.arraycopy(rest, 0, into, part.length, rest.length);
      } else {
        Arrays.fill(into, part.length, into.length, 0);
      }
    }
    pending = false;
  }

  @Override
  public State state() {
    return tape.state();
  }

  @Override
  public void restore(State state) {
    tape.restore(state);
    sequences.restart();
  }

  @Override
  public void reset(int lane) {
    tape.reset(lane);
    sequences.reset(lane);
  }

  @Override
  public void parametersChanged() {
    tape.parametersChanged(); // reads what is pending at the old weights
    model.copyBelow(theta, below);
    model.copyAbove(theta, above);
    head.parametersChanged();
  }

  @Override
  public void save(Snapshot snapshot) {
    tape.save(snapshot);
    head.save(snapshot.in("head"));
    sequences.save(snapshot.in("sequences"));
  }

  @Override
  public void load(Snapshot snapshot) {
    model.copyBelow(theta, below);
    model.copyAbove(theta, above);
    tape.load(snapshot);
    head.load(snapshot.in("head"));
    sequences.load(snapshot.in("sequences"));
    pending = false;
  }

  @Override
  public void close() {
    tape.close();
    head.close();
  }
}

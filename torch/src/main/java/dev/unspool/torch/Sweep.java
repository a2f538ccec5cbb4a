// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.SweepObserver;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One sweep with one adjoint: from the newest step to the oldest, one call of autograd per step
 * boundary for all arrays of the state, all layers and all parameters together. What comes out at
 * the entering state of a step goes in at the state that the step before has given.
 */
final class Sweep implements AutoCloseable {
  private final TorchModel model;
  private final StepRunner runner;
  private final boolean training;
  private final int lanes;
  private final List<StateArray> states;
  private final @Nullable Tensor[] sums;
  private @Nullable Tensor[] delta;

  /** Holds what goes on from one step to the one before it, until this sweep is closed. */
  private final PointerScope survivors = new PointerScope();

  Sweep(TorchModel model, StepRunner runner, boolean training, int lanes) {
    this.model = model;
    this.runner = runner;
    this.training = training;
    this.lanes = lanes;
    this.states = model.stateArrays();
    this.sums = new Tensor[model.parameters().slices().size()];
    this.delta = new Tensor[states.size()];
  }

  /**
   * Differentiates.
   *
   * @param steps oldest first, exactly as many as the sweep is deep
   */
  void run(List<TapeStep> steps, Adjoint adjoint) {
    Steps seeds = adjoint.outputs();
    int unseeded = steps.size() - seeds.steps();
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities != null) {
      sensitivities.inputs().fill(0);
      states.forEach(array -> sensitivities.state(array.name()).fill(0));
    }
    if (adjoint.newest() != null) {
      enter(steps.getLast(), adjoint.newest());
    }
    for (int i = steps.size() - 1; i >= 0; i--) {
      TapeStep step = steps.get(i);
      try (var _ = new PointerScope()) {
        step(step, seeds, i - unseeded, i, sensitivities);
        if (adjoint.observer() != null) {
          observe(adjoint.observer(), steps.size() - 1 - i);
        }
        cutResets(step.resets);
        for (Tensor arriving : delta) {
          if (arriving != null) {
            survivors.attach(arriving);
          }
        }
      } catch (RuntimeException e) {
        throw StepException.of(step.number, "its graph could not be differentiated", e);
      }
    }
    readSums(adjoint.into().values());
  }

  private void step(
      TapeStep step, Steps seeds, int seed, int position, @Nullable Sensitivities sensitivities) {
    var outputs = new TensorVector();
    var upstream = new TensorVector();
    if (seed >= 0) {
      Tensor output = runner.readout(step);
      if (output.requires_grad()) {
        outputs.push_back(output);
        upstream.push_back(
            runner
                .arrays()
                .tensor(
                    output.scalar_type().intern(),
                    seeds.values(),
                    seeds.at(seed),
                    lanes * model.outputs(),
                    Shapes.of(output)));
      }
    }
    for (int s = 0; s < delta.length; s++) {
      Tensor arriving = delta[s];
      if (arriving != null && step.next[s].requires_grad()) {
        outputs.push_back(step.next[s]);
        upstream.push_back(arriving);
      }
    }
    delta = new Tensor[delta.length];
    if (outputs.empty()) {
      return;
    }
    TensorVector inputs = inputs(step, sensitivities != null);
    if (inputs.empty()) {
      return;
    }
    step.leaves.enter(training);
    TensorVector gradients =
        torch.grad(outputs, inputs, upstream, new BoolOptional(true), false, true);
    int next = 0;
    for (int p = 0; p < sums.length; p++) {
      add(p, gradient(gradients, next++));
    }
    for (int s = 0; s < delta.length; s++) {
      if (states.get(s).differentiable()) {
        delta[s] = gradient(gradients, next++);
      }
    }
    if (sensitivities != null) {
      report(gradient(gradients, next), sensitivities.inputs(), position);
      for (int s = 0; s < delta.length; s++) {
        report(delta[s], sensitivities.state(states.get(s).name()), position);
      }
    }
  }

  /** What comes back to the state that the newest step has left. */
  private void enter(TapeStep step, State newest) {
    try (var _ = new PointerScope()) {
      for (int s = 0; s < delta.length; s++) {
        if (states.get(s).differentiable()) {
          float[] values = newest.array(states.get(s).name());
          Tensor next = step.next[s];
          Tensor arriving =
              runner
                  .arrays()
                  .tensor(next.scalar_type().intern(), values, 0, values.length, Shapes.of(next));
          survivors.attach(arriving);
          delta[s] = arriving;
        }
      }
    }
  }

  private void observe(SweepObserver observer, int lag) {
    for (int s = 0; s < delta.length; s++) {
      Tensor arriving = delta[s];
      if (arriving != null) {
        double norm = arriving.norm().item_double();
        observer.passed(lag, states.get(s).name(), norm);
      }
    }
  }

  private TensorVector inputs(TapeStep step, boolean withInput) {
    var inputs = new TensorVector();
    for (int p = 0; p < sums.length; p++) {
      inputs.push_back(step.leaves.get(p));
    }
    for (int s = 0; s < delta.length; s++) {
      if (states.get(s).differentiable()) {
        inputs.push_back(step.entering[s]);
      }
    }
    if (withInput) {
      inputs.push_back(step.input);
    }
    return inputs;
  }

  /** Null where the step does not depend on that tensor. */
  private static @Nullable Tensor gradient(TensorVector gradients, long index) {
    Tensor gradient = gradients.get(index);
    return gradient.defined() ? new Tensor(gradient) : null;
  }

  private void add(int parameter, @Nullable Tensor gradient) {
    if (gradient == null) {
      return;
    }
    Tensor sum = sums[parameter];
    if (sum == null) {
      Tensor first = gradient.clone(); // what autograd returns may be shared or expanded
      survivors.attach(first);
      sums[parameter] = first;
    } else {
      sum.add_(gradient);
    }
  }

  private static void report(@Nullable Tensor gradient, Steps into, int position) {
    if (gradient != null) {
      HostArrays.read(gradient, into.values(), into.at(position));
    }
  }

  /** Where a lane began with this step, what came back belongs to the initial state and ends. */
  private void cutResets(boolean[] resets) {
    for (int s = 0; s < delta.length; s++) {
      Tensor arriving = delta[s];
      if (arriving == null) {
        continue;
      }
      boolean copied = false;
      for (int lane = 0; lane < lanes; lane++) {
        if (!resets[lane]) {
          continue;
        }
        if (!copied) {
          arriving = arriving.clone();
          delta[s] = arriving;
          copied = true;
        }
        Tensor row = arriving.select(0, lane);
        String initial = states.get(s).initial();
        if (initial != null) {
          add(parameterIndex(initial), row);
        }
        row.zero_();
      }
    }
  }

  private int parameterIndex(String name) {
    return model.parameters().slices().indexOf(model.parameters().slice(name));
  }

  private void readSums(float[] into) {
    Arrays.fill(into, 0);
    var slices = model.parameters().slices();
    for (int p = 0; p < sums.length; p++) {
      Tensor sum = sums[p];
      if (sum != null) {
        HostArrays.read(sum, into, slices.get(p).offset());
      }
    }
  }

  @Override
  public void close() {
    survivors.close();
  }
}

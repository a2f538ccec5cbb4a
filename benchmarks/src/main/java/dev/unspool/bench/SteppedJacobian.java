// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.jacobian.JacobianRequest;
import dev.unspool.jacobian.Jacobians;
import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.torch.NamedTensors;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The same by a graph of steps that is kept, and one sweep over the last k2 of them for each step:
 * what autograd needs for a step function that somebody wrote, here {@code lstm_cell}.
 */
final class SteppedJacobian implements JacobianPeer {
  private final TorchModel model;
  private final double[] theta;
  private final Steps inputs;
  private final int depth;
  private double consumed;

  SteppedJacobian(Parameters theta, Steps inputs, int hidden, int depth) {
    this.inputs = inputs;
    this.depth = depth;
    var builder = TorchModel.builder().inputs(inputs.features()).outputs(1);
    for (var slice : theta.layout().slices()) {
      builder.parameter(slice.name(), slice.shape().stream().mapToInt(Integer::intValue).toArray());
    }
    model =
        builder
            .state("layer0.h", hidden)
            .state("layer0.c", hidden)
            .step(SteppedJacobian::step)
            .readout(
                (p, h) ->
                    torch.linear(
                        h, p.get("output.weight"), new TensorOptional(p.get("output.bias"))))
            .build();
    var same = new Parameters(model.parameters());
    theta.layout().slices().forEach(slice -> same.set(slice.name(), theta.get(slice.name())));
    this.theta = same.toDoubles();
  }

  private static StepOutput step(NamedTensors p, Tensor x, NamedTensors state) {
    var before = new TensorVector(state.get("layer0.h"), state.get("layer0.c"));
    var next =
        torch.lstm_cell(
            x,
            before,
            p.get("weight_ih_l0"),
            p.get("weight_hh_l0"),
            new TensorOptional(p.get("bias_ih_l0")),
            new TensorOptional(p.get("bias_hh_l0")));
    return new StepOutput(next.get0(), List.of(next.get0(), next.get1()));
  }

  @Override
  public String name() {
    return "libtorch, float32, a kept graph of steps";
  }

  @Override
  public void differentiate(double[][] into) {
    Jacobians.of(model)
        .differentiate(
            theta,
            inputs,
            JacobianRequest.depth(depth),
            step -> {
              consumed += step.parameters()[0];
              if (into.length > 0) {
                System.arraycopy(step.parameters(), 0, into[step.step()], 0, theta.length);
              }
            });
  }

  @Override
  public void close() {}
}

// SPDX-License-Identifier: Apache-2.0
import dev.unspool.checkpoint.Safetensors;
import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.torch.PyTorchWeights;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.LSTMCellImpl;
import org.bytedeco.pytorch.T_TensorTensor_T;

/** Our half of agree.py: trains a built-in network and a libtorch cell, and prints their losses. */
final class Agree {
  private static final int LANES = 3;

  public static void main(String[] args) throws IOException {
    Path start = Path.of(args[0]);
    int k1 = Integer.parseInt(args[1]);
    int k2 = Integer.parseInt(args[2]);
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 8, 1));
    var theta = new Parameters(network.parameters());
    new PyTorchWeights("", "lstm", "fc").read(start, theta);
    train(network, theta.copy(), start, k1, k2);

    TorchModel model = cell();
    var other = new Parameters(model.parameters());
    for (String name : new String[] {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) {
      other.set(name, theta.get(name + "_l0"));
    }
    other.set("fc.weight", theta.get("output.weight"));
    other.set("fc.bias", theta.get("output.bias"));
    train(model, other, start, k1, k2);
  }

  private static TorchModel cell() {
    var builder = TorchModel.builder();
    var lstm = new LSTMCellImpl(2, 8);
    return builder
        .inputs(2)
        .outputs(1)
        .module(lstm)
        .parameter("fc.weight", 1, 8)
        .parameter("fc.bias", 1)
        .state("h", 8)
        .state("c", 8)
        .step(
            (p, x, s) -> {
              var next = lstm.forward(x, new T_TensorTensor_T(s.get("h"), s.get("c")));
              var y = next.get0().matmul(p.get("fc.weight").t()).add(p.get("fc.bias"));
              return StepOutput.of(y, next.get0(), next.get1());
            })
        .build();
  }

  private static void train(Model model, Parameters theta, Path start, int k1, int k2)
      throws IOException {
    var file = Safetensors.read(start);
    float[] x = file.tensor("data.x").floats();
    float[] targets = file.tensor("data.t").floats();
    int steps = targets.length / LANES;
    var inputs = Steps.of(x, steps, LANES, 2);
    var wanted = Steps.of(targets, steps, LANES, 1);
    var adam = new Adam().bind(theta);
    var line = new StringBuilder();
    try (var engine =
        Tbptt.builder(model, theta)
            .lanes(LANES)
            .truncation(k1, k2)
            .weightPolicy(WeightPolicy.REPLAY)
            .loss(new MeanSquaredError())
            .build()) {
      var block = Block.allocate(k1, LANES, 2, 1);
      for (int from = 0; from < steps; from += k1) {
        block.inputs().set(inputs.view(from, from + k1));
        block.targets().set(wanted.view(from, from + k1));
        engine.forward(block);
        line.append(engine.sweep().value()).append(' ');
        adam.step(engine.gradient(), 1e-2);
        engine.parametersChanged();
      }
    }
    System.out.println(line);
  }
}

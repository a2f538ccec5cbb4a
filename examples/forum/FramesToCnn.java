// SPDX-License-Identifier: Apache-2.0
package forum;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import dev.unspool.torch.LibTorch;
import dev.unspool.torch.ModelWithHead;
import dev.unspool.torch.StepOutput;
import dev.unspool.torch.TorchModel;
import java.util.Random;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Conv1dImpl;
import org.bytedeco.pytorch.Conv1dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.global.torch;

/**
 * "My recurrent part A feeds a CNN B that looks at A's last 9 outputs, and a new frame comes each
 * step. How do I truncate in A only?" k1 = 1, k2 = 9, the loss reads the last 9 outputs, and B is a
 * head: the gradient goes from B into each of the 9 steps, and from there at most k2 back. One
 * optimizer trains both.
 *
 * <p>The task: the mean of the last nine inputs.
 *
 * <p>{@code ./unspool run examples/forum/FramesToCnn.java}
 */
public final class FramesToCnn {
  private static final int FRAMES = 9;
  private static final int LANES = 8;

  private FramesToCnn() {}

  /** Prints the loss as it falls. */
  public static void main(String[] args) {
    double[] losses = train(1000);
    for (int i = 0; i < losses.length; i++) {
      System.out.printf("after %3d %% of the updates: loss %.5f%n", (i + 1) * 20, losses[i]);
    }
  }

  /** Mean losses of each fifth of the updates. */
  static double[] train(int updates) {
    LibTorch.load();
    torch.manual_seed(1); // for the first weights of B
    var lstm = new Network(NetworkSpec.of(Cell.LSTM, 1, 8, 0));
    var convolution = new Conv1dImpl(new Conv1dOptions(8, 4, new LongPointer(new long[] {3})));
    var linear = new LinearImpl(4 * (FRAMES - 2), 1);
    var layers = new Module();
    layers.register_module("convolution", convolution);
    layers.register_module("linear", linear);
    TorchModel cnn =
        TorchModel.builder()
            .inputs(FRAMES, 8)
            .outputs(1)
            .module(layers)
            .step(
                (p, frames, s) -> {
                  var seen = convolution.forward(frames.transpose(1, 2)).relu();
                  return StepOutput.of(linear.forward(seen.flatten(1, -1)));
                })
            .build();
    var model = new ModelWithHead(lstm, cnn, new MeanSquaredError());
    var theta = model.initialise(new SplitMix64(1));
    var adam = new Adam().bind(theta);
    var random = new Random(1);
    var past = new float[LANES][FRAMES];
    var block = Block.allocate(1, LANES, 1, 1);
    var losses = new double[5];
    try (var engine =
        Tbptt.builder(model, theta)
            .lanes(LANES)
            .truncation(new Truncation(1, FRAMES, LossAt.last(FRAMES)))
            .loss(model.loss())
            .build()) {
      for (int update = 0; update < updates; update++) {
        for (int lane = 0; lane < LANES; lane++) {
          past[lane][update % FRAMES] = random.nextFloat(-1, 1);
          float mean = 0;
          for (float x : past[lane]) {
            mean += x / FRAMES;
          }
          block.inputs().set(0, lane, 0, past[lane][update % FRAMES]);
          block.targets().set(0, lane, 0, mean);
        }
        engine.forward(block);
        losses[5 * update / updates] += engine.sweep().value() * 5 / updates;
        Clipping.byNorm(1).apply(engine.gradient());
        adam.step(engine.gradient(), 5e-3);
        engine.parametersChanged();
      }
    }
    return losses;
  }
}

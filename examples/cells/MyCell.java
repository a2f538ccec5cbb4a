// SPDX-License-Identifier: Apache-2.0
package cells;

import dev.unspool.data.AddingTask;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.onnx.OnnxExport;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A recurrent cell of one's own: written once, as equations, trained by TBPTT, its gradient held
 * against central differences, and exported to ONNX.
 *
 * <p>{@code ./unspool run examples/cells/MyCell.java [my-cell.onnx]}
 */
public final class MyCell {
  private MyCell() {}

  /**
   * Long short-term memory with one gate for forgetting and writing, which looks at the cell (a
   * peephole, Gers et al. 2000), and with normalised gates (Ba et al. 2016).
   */
  static Signal cell(Step s, Signal x, int hidden) {
    s.initialise(Initialiser.uniform(1 / Math.sqrt(hidden)));
    s.gates(hidden, "forget", "cell", "output");
    Signal h = s.state("h", hidden);
    Signal c = s.state("c", hidden);
    Signal sums = s.linear("weight_ih", x, 3 * hidden).plus(s.linear("weight_hh", h, 3 * hidden));
    Signal z = normalised(s, sums);
    Signal f = z.part(0, 3).plus(c.times(s.vector("peephole", hidden))).sigmoid();
    Signal g = z.part(1, 3).tanh();
    Signal o = z.part(2, 3).sigmoid();
    Signal next = s.next(c, f.times(c).plus(f.oneMinus().times(g)));
    return s.next(h, o.times(next.tanh()));
  }

  /** Mean 0 and variance 1 over the units of each row, then a gain and a bias for each unit. */
  static Signal normalised(Step s, Signal x) {
    Signal deviation = x.minus(x.mean());
    Signal variance = deviation.square().mean();
    s.initialise(Initialiser.constant(1));
    Signal gain = s.vector("gain", x.width());
    s.initialise(Initialiser.constant(0));
    Signal bias = s.vector("bias", x.width());
    return deviation.over(variance.plus(1e-5).sqrt()).times(gain).plus(bias);
  }

  /** The cell between an input and a linear output. */
  static StepProgram model(int inputs, int hidden, int outputs) {
    return StepProgram.of(
        inputs,
        (s, x) -> {
          Signal h = s.layer(0, () -> cell(s, x, hidden));
          return s.linear("output.weight", "output.bias", h, outputs);
        });
  }

  /** Shows the equations, the check of the gradient, and what the cell learns; writes a file. */
  public static void main(String[] args) throws IOException {
    if (args.length > 1) {
      System.err.println("usage: ./unspool run examples/cells/MyCell.java [FILE.onnx]");
      System.exit(2);
    }
    var model = model(2, 16, 1);
    System.out.println(model);
    System.out.printf(
        Locale.ROOT, "%nGradient against differences: off by %.1e of its size%n", gradientError(1));
    var theta = model.initialise(new SplitMix64(1));
    System.out.printf(
        Locale.ROOT,
        "Adding problem: mean squared error %.4f (0.1667 without memory)%n",
        train(model, theta, 3000, 1));
    Path file = Path.of(args.length > 0 ? args[0] : "my-cell.onnx");
    OnnxExport.write(model, theta, file);
    System.out.println(file + ": x, h, c → y, h_next, c_next");
  }

  /**
   * How far the derivative of a sweep is from that of a central difference, both along one random
   * direction of all parameters.
   */
  static double gradientError(long seed) {
    var random = new SplitMix64(seed);
    var model = model(2, 5, 1);
    var theta = model.initialise(random);
    var x = Steps.allocate(12, 1, 2);
    for (int i = 0; i < x.size(); i++) {
      x.values()[i] = random.nextFloat();
    }
    var gradient = new Gradient(model.parameters());
    try (var tape = model.open(theta, TapeOptions.training(1, x.steps()))) {
      tape.forward(x);
      var one = Steps.allocate(1, 1, 1);
      one.fill(1);
      tape.backward(x.steps(), new Adjoint(one, gradient));
    }
    float[] direction = new float[theta.values().length];
    double derivative = 0;
    for (int i = 0; i < direction.length; i++) {
      direction[i] = random.nextBoolean() ? 1 : -1;
      derivative += direction[i] * gradient.values()[i];
    }
    double step = 1.0 / 256;
    double near = output(model, theta, direction, step, x);
    double far = output(model, theta, direction, 2 * step, x);
    double difference = (8 * near - far) / (12 * step);
    return Math.abs(derivative - difference) / Math.abs(difference);
  }

  /** The last output with the parameters moved one way, less that with them moved the other way. */
  private static double output(
      StepProgram model, Parameters theta, float[] direction, double step, Steps x) {
    double difference = 0;
    for (int sign : new int[] {1, -1}) {
      var moved = theta.copy();
      for (int i = 0; i < direction.length; i++) {
        moved.values()[i] += (float) (sign * step * direction[i]);
      }
      try (var tape = model.open(moved, TapeOptions.inference(1))) {
        tape.forward(x);
        difference += sign * tape.outputs(1).get(0, 0, 0);
      }
    }
    return difference;
  }

  /**
   * Trains θ on the adding problem: 2 inputs, 1 output. The mean squared error over the last
   * hundred updates.
   */
  static double train(Model model, Parameters theta, int updates, long seed) {
    int lanes = 16;
    int steps = 16;
    var engine =
        Tbptt.builder(model, theta)
            .truncation(steps, steps)
            .loss(new MeanSquaredError())
            .lanes(lanes)
            .build();
    var training =
        Trainer.builder(engine, new AddingTask(8, 8, lanes, seed))
            .optimizer(new Adam())
            .learningRate(LearningRate.cosine(2e-2, 50, updates, 2e-4))
            .clipping(Clipping.byNorm(1))
            .build();
    double sum = 0;
    try (training) {
      for (int update = 0; update < updates; update++) {
        var progress = training.update();
        if (progress != null && update >= updates - 100) {
          sum += progress.loss() / 100;
        }
      }
    }
    return sum;
  }
}

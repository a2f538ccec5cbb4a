// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** States that float32 cannot hold: a checkpoint keeps them bit for bit, a State does not. */
class StateTypesTest {
  /** 2⁶⁰ + 1 and a third: float32 holds neither, float64 only the second. */
  private static final long COUNT = (1L << 60) + 1;

  @TempDir Path folder;

  /** The state: a sum of thirds in float64, a counter from 2⁶⁰ + 1, and whether a step is even. */
  private static TorchModel model() {
    return TorchModel.builder()
        .dtype(ScalarType.Double)
        .inputs(1)
        .outputs(1)
        .parameter("w")
        .state("sum", 1)
        .state("count", ScalarType.Long, 1)
        .state("even", ScalarType.Bool, 1)
        .step(
            (p, x, s) -> {
              Tensor sum = s.get("sum").add(x.mul(p.get("w")).div(new Scalar(3.0)));
              Tensor count = s.get("count");
              Tensor first = count.eq(new Scalar(0));
              Tensor next = count.add(first.mul(new Scalar(COUNT - 1))).add(new Scalar(1L));
              Tensor odd = next.sub(new Scalar(COUNT)); // exact only if nothing was rounded
              return StepOutput.of(
                  sum.add(odd.to(ScalarType.Double)), sum, next, s.get("even").logical_not());
            })
        .build();
  }

  private static Steps ones(int steps) {
    Steps ones = Steps.allocate(steps, 1, 1);
    ones.fill(1);
    return ones;
  }

  private static Parameters one(TorchModel model) {
    var theta = new Parameters(model.parameters());
    theta.set("w", 1);
    return theta;
  }

  @Test
  void aCheckpointKeepsEveryBit() throws Exception {
    TorchModel model = model();
    Parameters theta = one(model);
    var options = TapeOptions.training(1, 4).withOutputWindow(1);
    try (Tape tape = model.open(theta, options);
        Tape loaded = model.open(theta, options)) {
      tape.forward(ones(6));
      var snapshot = new Snapshot();
      tape.save(snapshot);
      var checkpoint = new CheckpointFolder(folder);
      checkpoint.write(theta, snapshot, Map.of());
      loaded.load(checkpoint.read(theta).state());
      var again = new Snapshot();
      loaded.save(again);
      double third = 0;
      for (int step = 0; step < 6; step++) {
        third += 1 / 3.0;
      }
      assertEquals(third, again.in("state").doubles("sum")[0]);
      assertEquals(COUNT + 5, again.in("state").longs("count")[0]);
      assertEquals(0, again.in("state").longs("even")[0]);
      assertEquals(COUNT + 1, again.in("step0").in("entering").longs("count")[0]);
      tape.forward(ones(3));
      loaded.forward(ones(3));
      assertArrayEquals(tape.outputs(1).copy().values(), loaded.outputs(1).copy().values());
      assertEquals((float) (3 + 8), loaded.outputs(1).get(0, 0, 0), 1e-6f);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ComplexFloat", "ComplexDouble", "Float8_e5m2", "QInt8", "UInt64"})
  void aTypeThatACheckpointCannotKeepIsRefused(ScalarType type) {
    var builder = TorchModel.builder();
    var thrown = assertThrows(IllegalArgumentException.class, () -> builder.state("z", type, 2));
    String message = Messages.of(thrown);
    assertTrue(message.startsWith("state 'z' is " + type + "; there are Float, "), message);
    assertTrue(message.contains("real and the imaginary part"), message);
  }

  @ParameterizedTest
  @EnumSource(names = {"Half", "BFloat16", "Byte", "Char", "Short", "Int", "Long", "Bool"})
  void otherTypesAreKept(ScalarType type) {
    TorchModel model =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .parameter("w")
            .state("z", type, 1)
            .step(
                (p, x, s) ->
                    StepOutput.of(
                        s.get("z").to(ScalarType.Float).add(x.mul(p.get("w"))), x.to(type)))
            .build();
    var options = TapeOptions.training(1, 4);
    try (Tape tape = model.open(one(model), options);
        Tape loaded = model.open(one(model), options)) {
      tape.forward(ones(6));
      var snapshot = new Snapshot();
      tape.save(snapshot);
      loaded.load(snapshot);
      loaded.forward(ones(1));
      assertEquals(2, loaded.outputs(1).get(0, 0, 0));
    }
  }

  /** What TorchModel says about State: it is float32. */
  @Test
  void aStateThatIsReadOutIsRounded() {
    TorchModel model = model();
    try (Tape tape = model.open(one(model), TapeOptions.training(1, 4))) {
      tape.forward(ones(1));
      assertEquals((float) (1 / 3.0), tape.state().array("sum")[0]);
      tape.restore(tape.state());
      var snapshot = new Snapshot();
      tape.save(snapshot);
      assertNotEquals(1 / 3.0, snapshot.in("state").doubles("sum")[0]);
      assertEquals(COUNT - 1, snapshot.in("state").longs("count")[0]);
    }
  }
}

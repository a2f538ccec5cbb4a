// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Every mistake in a step gives one clear message that names the step. */
class ErrorsTest {
  private static final int LANES = 2;

  private static TorchModel model(Step step) {
    return TorchModel.builder()
        .inputs(3)
        .outputs(3)
        .parameter("w", 3)
        .state("h", 3)
        .step(step)
        .build();
  }

  /** Runs three steps; the input of the third is 1, of the others 0. */
  private static StepException failure(TorchModel model) {
    try (Tape tape = model.open(ones(model), TapeOptions.training(LANES, 4))) {
      tape.forward(Steps.allocate(2, LANES, 3));
      Steps third = Steps.allocate(1, LANES, 3);
      third.fill(1);
      var thrown =
          assertThrows(
              StepException.class,
              () -> {
                tape.forward(third);
                var into = new Gradient(model.parameters());
                tape.backward(3, new Adjoint(seed(), into));
              });
      assertEquals(3, thrown.step());
      assertTrue(Messages.of(thrown).startsWith("step 3: "), Messages.of(thrown));
      return thrown;
    }
  }

  private static Steps seed() {
    Steps seed = Steps.allocate(1, LANES, 3);
    seed.fill(1);
    return seed;
  }

  private static dev.unspool.model.Parameters ones(TorchModel model) {
    var theta = new dev.unspool.model.Parameters(model.parameters());
    java.util.Arrays.fill(theta.values(), 1);
    return theta;
  }

  private static boolean isThird(Tensor x) {
    return x.sum().item_float() > 0;
  }

  private static void says(StepException thrown, String... parts) {
    for (String part : parts) {
      assertTrue(Messages.of(thrown).contains(part), part + " is not in: " + Messages.of(thrown));
    }
  }

  @Test
  void stateOfAnotherShape() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(h, isThird(x) ? h.narrow(1, 0, 2) : h);
                }));
    says(thrown, "state 'h' came back as Float [2, 2], expected Float [2, 3]");
  }

  @Test
  void stateOfAnotherType() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(h, isThird(x) ? h.to(ScalarType.Double) : h);
                }));
    says(thrown, "state 'h' came back as Double [2, 3], expected Float [2, 3]");
  }

  @Test
  void wrongNumberOfStates() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return isThird(x) ? StepOutput.of(h) : StepOutput.of(h, h);
                }));
    says(thrown, "returned 0 state tensors, the model carries 1: [h]");
  }

  @Test
  void outputOfAnotherShape() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(isThird(x) ? h.narrow(1, 0, 2) : h, h);
                }));
    says(thrown, "the output is Float [2, 2], expected 2 lanes first and 3 values in each");
  }

  @Test
  void anotherDevice() {
    var meta = new org.bytedeco.pytorch.Device("meta");
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(h, isThird(x) ? h.to(meta, ScalarType.Float) : h);
                }));
    says(thrown, "state 'h' is on meta, the model on cpu");
  }

  @Test
  void notANumber() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(h, isThird(x) ? h.sub(new Scalar(9)).sqrt() : h);
                }));
    says(thrown, "state 'h' has NaN in it");
  }

  @Test
  void anExceptionOfTheStep() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(h, isThird(x) ? h.matmul(h) : h);
                }));
    says(thrown, "the step function failed: ", "2x3 and 2x3");
    assertEquals(1, Messages.of(thrown).lines().count(), Messages.of(thrown));
  }

  @Test
  void anUnknownParameter() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get(isThird(x) ? "v" : "w"));
                  return StepOutput.of(h, h);
                }));
    says(thrown, "no tensor 'v', only [w]");
  }

  /** As a step written in plain Java may. */
  @SuppressWarnings("NullAway")
  private static StepOutput nothing() {
    return null;
  }

  @Test
  void noResult() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return isThird(x) ? nothing() : StepOutput.of(h, h);
                }));
    says(thrown, "the step returned null; return StepOutput.of(");
  }

  @Test
  void anOutputOfIntegers() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(isThird(x) ? h.to(ScalarType.Long) : h, h);
                }));
    says(thrown, "the output is Long [2, 3], and no derivative goes through that");
  }

  @Test
  void anExceptionWithoutAMessage() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  if (isThird(x)) {
                    throw new UnsupportedOperationException();
                  }
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(h, h);
                }));
    says(thrown, "the step function failed: UnsupportedOperationException");
  }

  @Test
  void aClosedTensor() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  Tensor y = h.neg();
                  if (isThird(x)) {
                    y.close();
                  }
                  return StepOutput.of(y, h);
                }));
    says(thrown, "the output is an empty or closed tensor");
  }

  @Test
  void aTapeThatIsClosed() {
    TorchModel model = model((p, x, s) -> StepOutput.of(s.get("h"), s.get("h").mul(p.get("w"))));
    Tape tape = model.open(ones(model), TapeOptions.training(LANES, 4));
    tape.close();
    tape.close();
    var thrown = assertThrows(IllegalStateException.class, () -> tape.reset(0));
    assertEquals("this tape is closed; open another one", Messages.of(thrown));
    thrown = assertThrows(IllegalStateException.class, tape::workers);
    assertEquals("this tape is closed; open another one", Messages.of(thrown));
  }

  @Test
  void moreValuesThanOneArrayHolds() {
    var builder = TorchModel.builder();
    List<Executable> calls =
        List.of(
            () -> builder.inputs(100_000, 100_000),
            () -> builder.outputs(1L << 40, 1L << 40),
            () -> builder.state("h", 1L << 31),
            () -> builder.learnedState("h", 65_536, 32_768));
    for (Executable call : calls) {
      var thrown = assertThrows(IllegalArgumentException.class, call);
      assertTrue(Messages.of(thrown).contains("one Java array"), Messages.of(thrown));
    }
  }

  @Test
  void aLaneThatIsNotThere() {
    TorchModel model = model((p, x, s) -> StepOutput.of(s.get("h"), s.get("h").mul(p.get("w"))));
    try (Tape tape = model.open(ones(model), TapeOptions.training(LANES, 4))) {
      var thrown = assertThrows(IllegalArgumentException.class, () -> tape.reset(2));
      assertTrue(Messages.of(thrown).contains("lane 2"), Messages.of(thrown));
    }
  }

  @Test
  void anInPlaceOperationThatBreaksTheSweep() {
    var thrown = failure(model(ErrorsTest::writesInPlace));
    says(thrown, "could not be differentiated", "inplace operation", "TanhBackward0");
  }

  private static StepOutput writesInPlace(NamedTensors p, Tensor x, NamedTensors s) {
    Tensor h = x.add(s.get("h")).mul(p.get("w")).tanh();
    if (isThird(x)) {
      h.mul_(torch.tensor(2f));
    }
    return StepOutput.of(h, h);
  }

  @Test
  void anInPlaceOperationOnTheStateItself() {
    var thrown =
        failure(
            model(
                (p, x, s) -> {
                  if (isThird(x)) {
                    s.get("h").add_(x);
                  }
                  Tensor h = x.add(s.get("h")).mul(p.get("w"));
                  return StepOutput.of(h, h);
                }));
    says(thrown, "leaf Variable", "in-place");
  }
}
